package io.fleetserve.agent;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Remembers the last line of a stream of bytes that says anything, for messages. Bounded, whatever
/// comes. Thread-safe.
final class LastLine {
  private static final int MAX_BYTES = 400;

  private final ByteArrayOutputStream current = new ByteArrayOutputStream(MAX_BYTES);
  private byte[] last = new byte[0];
  private boolean visible;

  synchronized void add(byte[] bytes, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        finish();
      } else if (current.size() < MAX_BYTES) {
        current.write(bytes[i]);
        visible |= bytes[i] > ' ' || bytes[i] < 0;
      }
    }
  }

  private void finish() {
    if (visible) {
      last = current.toByteArray();
    }
    visible = false;
    current.reset();
  }

  /// Without control characters; empty when there was none.
  synchronized String text() {
    String unfinished = readable(current.toByteArray());
    return unfinished.isEmpty() ? readable(last) : unfinished;
  }

  synchronized void clear() {
    current.reset();
    visible = false;
    last = new byte[0];
  }

  private static String readable(byte[] line) {
    String text = new String(line, StandardCharsets.UTF_8);
    return Patterns.NOISE.matcher(text).replaceAll("").strip();
  }

  /// Loaded with the first line, not with the class.
  private static final class Patterns {
    static final Pattern NOISE = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]|\\p{Cntrl}");
  }
}
