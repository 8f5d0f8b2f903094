package io.fleetserve.agent;

import io.fleetserve.api.log.SizeBoundedLog;
import java.io.IOException;
import java.io.InputStream;

/// Where the output of `setup` and `run` goes: into the replica's log, and the last line is
/// remembered. What a full disk does not take is dropped; the server is never held up. Thread-safe.
final class Output {
  private static final int BUFFER = 32 << 10;

  private final SizeBoundedLog log;
  private final LastLine lastLine = new LastLine();

  Output(SizeBoundedLog log) {
    this.log = log;
  }

  SizeBoundedLog log() {
    return log;
  }

  /// Reads until the stream ends.
  void drain(InputStream stream) {
    byte[] buffer = new byte[BUFFER];
    try (stream) {
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        lastLine.add(buffer, 0, count);
        log.append(buffer, 0, count);
      }
    } catch (IOException ignored) {
      // The process ended, and its pipe with it.
    }
  }

  /// The last line since the last call of [#forget]; empty when there was none.
  String lastLine() {
    return lastLine.text();
  }

  void forget() {
    lastLine.clear();
  }
}
