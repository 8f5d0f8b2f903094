package io.fleetserve.controller.run;

import io.fleetserve.api.log.SizeBoundedLog;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.home.OwnerOnlyFiles;
import io.fleetserve.controller.model.ReplicaKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The controller's copies of what replicas print. Thread-safe.
///
/// A log stays as long as its replica is listed, so that a failure can be read about; it goes with
/// the row or the service.
public final class ReplicaLogs {
  private final HomeFolder home;
  private final long bytesPerReplica;
  private final Map<ReplicaKey, SizeBoundedLog> open = new HashMap<>();

  public ReplicaLogs(HomeFolder home, long bytesPerReplica) {
    this.home = home;
    this.bytesPerReplica = bytesPerReplica;
  }

  /// The log of a replica, made when it is missing.
  public synchronized SizeBoundedLog of(ReplicaKey key) throws IOException {
    SizeBoundedLog known = open.get(key);
    if (known == null) {
      OwnerOnlyFiles.createFolder(home.replicaLogs().resolve(key.service()));
      known = new SizeBoundedLog(file(key), bytesPerReplica);
      open.put(key, known);
    }
    return known;
  }

  /// The log, if anything was ever kept of it.
  public synchronized Optional<SizeBoundedLog> find(ReplicaKey key) throws IOException {
    return open.containsKey(key) || Files.exists(file(key))
        ? Optional.of(of(key))
        : Optional.empty();
  }

  /// Ends the log of a replica whose row is dropped, and deletes it.
  public synchronized void delete(ReplicaKey key) {
    close(key);
    Path file = file(key);
    deleteQuietly(file);
    deleteQuietly(file.resolveSibling(file.getFileName() + ".1"));
    deleteQuietly(file.resolveSibling(file.getFileName() + ".at"));
  }

  /// Deletes every log of a service.
  public synchronized void deleteAll(String service) {
    open.keySet().stream()
        .filter(key -> key.service().equals(service))
        .toList()
        .forEach(this::close);
    Path folder = home.replicaLogs().resolve(service);
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(ReplicaLogs::deleteQuietly);
    } catch (IOException | java.io.UncheckedIOException ignored) {
      // Not there, or not deletable: it costs space within its bound, nothing else.
    }
  }

  private void close(ReplicaKey key) {
    SizeBoundedLog log = open.remove(key);
    if (log != null) {
      log.close();
    }
  }

  private Path file(ReplicaKey key) {
    return home.replicaLog(key.service(), key.replicaId(), key.generation());
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException ignored) {
      // See deleteAll.
    }
  }
}
