package io.fleetserve.provider.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

/// The pools of `infra.yaml` as the file has them now: it is read again when it has changed. While
/// it is wrong, what it said before holds, and [#complaint] tells why. Thread-safe.
final class PoolFile {
  private record Stamp(long millis, long size) {
    static final Stamp MISSING = new Stamp(-1, -1);
  }

  private final Path file;
  private final PoolReader reader;
  private Stamp stamp;
  private Map<String, Pool> pools;
  private String complaint = "";

  /// @throws IllegalArgumentException when the file is wrong at the start
  PoolFile(Path file, PoolReader reader) {
    this.file = file;
    this.reader = reader;
    this.stamp = stampNow();
    this.pools = read();
  }

  /// Pools by name; none when the file is missing.
  synchronized Map<String, Pool> pools() {
    Stamp now = stampNow();
    if (!now.equals(stamp)) {
      stamp = now;
      try {
        pools = read();
        complaint = "";
      } catch (IllegalArgumentException wrong) {
        complaint = String.valueOf(wrong.getMessage());
      }
    }
    return pools;
  }

  /// What is wrong with the file as it is now; empty when nothing is.
  synchronized String complaint() {
    pools();
    return complaint;
  }

  private Stamp stampNow() {
    try {
      BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(facts.lastModifiedTime().toMillis(), facts.size());
    } catch (IOException missing) {
      return Stamp.MISSING;
    }
  }

  private Map<String, Pool> read() {
    if (!Files.exists(file)) {
      return Map.of();
    }
    try {
      return reader.read(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
