package io.fleetserve.provider.ssh;

import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.ProviderException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;

/// Which attempt is on which host, one file each in the provider's folder: written before the host
/// is asked, removed when the host says that nothing is left. So the same attempt always goes to
/// the same host, whatever happens in between. Thread-safe.
final class Reservations {
  private final Path folder;
  private final Map<String, Reservation> all = new ConcurrentHashMap<>();

  /// Reads what an earlier controller has left.
  Reservations(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
        for (Path file : files) {
          read(file).ifPresent(found -> all.put(found.attemptId(), found));
        }
      }
    } catch (IOException e) {
      throw new ProviderException("ssh: " + folder + ": " + e.getMessage(), e);
    }
  }

  /// A file is complete or it is not there: what cannot be read was damaged from outside.
  private static Optional<Reservation> read(Path file) throws IOException {
    try {
      return Optional.of(Json.MAPPER.readValue(Files.readAllBytes(file), Reservation.class));
    } catch (JacksonException damaged) {
      Files.deleteIfExists(file);
      return Optional.empty();
    }
  }

  Optional<Reservation> of(String attemptId) {
    return Optional.ofNullable(all.get(attemptId));
  }

  /// Whether it was written down after a time; true when it is not there at all.
  boolean isWrittenAfter(String attemptId, Instant time) {
    try {
      return Files.getLastModifiedTime(file(attemptId)).toInstant().isAfter(time);
    } catch (IOException missing) {
      return true;
    }
  }

  /// Those on a host.
  List<Reservation> on(String place) {
    return all.values().stream().filter(each -> each.place().equals(place)).toList();
  }

  /// @throws IOException when it could not be written down: then it does not hold
  void put(Reservation reservation) throws IOException {
    Path file = file(reservation.attemptId());
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.write(part, Json.MAPPER.writeValueAsBytes(reservation));
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    all.put(reservation.attemptId(), reservation);
  }

  void remove(String attemptId) {
    all.remove(attemptId);
    try {
      Files.deleteIfExists(file(attemptId));
    } catch (IOException e) {
      throw new ProviderException("ssh: " + file(attemptId) + ": " + e.getMessage(), e);
    }
  }

  private Path file(String attemptId) {
    return folder.resolve(attemptId + ".json");
  }
}
