package io.fleetserve.provider.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// The end of a stream that is read to its end by a thread of its own, so that the writer never
/// blocks. Thread-safe.
final class LastWords {
  private static final int LIMIT = 8 << 10;
  private static final long PATIENCE_MILLIS = 2000;

  private final StringBuilder kept = new StringBuilder();
  private final Thread reader;

  private LastWords(InputStream stream) {
    this.reader = Thread.ofVirtual().name("last-words").start(() -> read(stream));
  }

  static LastWords of(InputStream stream) {
    return new LastWords(stream);
  }

  private void read(InputStream stream) {
    byte[] buffer = new byte[1024];
    try (stream) {
      for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
        add(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
    } catch (IOException ended) {
      // Whoever closed it wants no more.
    }
  }

  private synchronized void add(String text) {
    kept.append(text);
    if (kept.length() > LIMIT) {
      kept.delete(0, kept.length() - LIMIT);
    }
  }

  /// What was said, when the stream ends soon, or so far.
  String text() {
    try {
      reader.join(java.time.Duration.ofMillis(PATIENCE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      return kept.toString().strip();
    }
  }
}
