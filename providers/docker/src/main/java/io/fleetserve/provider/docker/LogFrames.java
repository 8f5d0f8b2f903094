package io.fleetserve.provider.docker;

import java.nio.charset.StandardCharsets;

/// The engine's form of a container's output: frames of a stream number, three zeros, a length of
/// four bytes, and that many bytes. Stateless.
final class LogFrames {
  private static final int HEAD = 8;

  private LogFrames() {}

  /// The text of both streams; what is cut off is left out.
  static String text(byte[] frames) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at + HEAD <= frames.length) {
      int length =
          (frames[at + 4] & 0xff) << 24
              | (frames[at + 5] & 0xff) << 16
              | (frames[at + 6] & 0xff) << 8
              | (frames[at + 7] & 0xff);
      int end = at + HEAD + Math.max(0, length);
      if (end > frames.length || end < at) {
        break;
      }
      text.append(new String(frames, at + HEAD, end - at - HEAD, StandardCharsets.UTF_8));
      at = end;
    }
    return text.toString();
  }
}
