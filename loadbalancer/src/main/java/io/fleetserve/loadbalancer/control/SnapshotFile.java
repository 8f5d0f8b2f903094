package io.fleetserve.loadbalancer.control;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// The last good snapshot on disk: what a load balancer serves with when it starts without a
/// controller. Confined to one thread.
///
/// Written beside and renamed, with a checksum: a reader sees the old one or the new one, whole. A
/// full disk is no reason to stop; the next change tries again.
final class SnapshotFile {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotFile.class);

  private final Path file;
  private boolean failing;

  /// @param sha256 of `snapshot` in hexadecimal
  /// @param snapshot JSON of an [EndpointSnapshot]
  record Content(String sha256, String snapshot) {}

  SnapshotFile(Path file) {
    this.file = file;
  }

  /// The stored snapshot; empty if there is none that can be trusted.
  Optional<EndpointSnapshot> load() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Content content = Json.MAPPER.readValue(Files.readAllBytes(file), Content.class);
      if (!checksum(content.snapshot()).equals(content.sha256())) {
        LOG.atWarn().addKeyValue(LogKeys.PATH, file).log("Stored snapshot is damaged");
        return Optional.empty();
      }
      return Optional.of(Json.MAPPER.readValue(content.snapshot(), EndpointSnapshot.class));
    } catch (IOException | JacksonException e) {
      LOG.atWarn().addKeyValue(LogKeys.PATH, file).setCause(e).log("Stored snapshot is unreadable");
      return Optional.empty();
    }
  }

  /// Stores a snapshot; false if that was not possible.
  boolean store(EndpointSnapshot snapshot) {
    String json = Json.MAPPER.writeValueAsString(snapshot);
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      Files.write(next, Json.MAPPER.writeValueAsBytes(new Content(checksum(json), json)));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      failing = false;
      return true;
    } catch (IOException e) {
      if (!failing) {
        LOG.atWarn().addKeyValue(LogKeys.PATH, file).setCause(e).log("Snapshot cannot be stored");
      }
      failing = true;
      return false;
    }
  }

  private static String checksum(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
