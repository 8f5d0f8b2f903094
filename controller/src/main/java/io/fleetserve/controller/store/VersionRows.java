package io.fleetserve.controller.store;

import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.ServiceVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// Table `versions`. Stateless.
final class VersionRows {
  private VersionRows() {}

  /// @param unreadable told why a version is left out
  static List<ServiceVersion> of(
      Handle handle,
      String service,
      Function<SpecSource, ServiceSpec> reader,
      List<String> unreadable) {
    return handle
        .createQuery("SELECT * FROM versions WHERE service = :service ORDER BY number")
        .bind("service", service)
        .map((row, context) -> read(row, reader, unreadable))
        .list()
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<ServiceVersion> read(
      ResultSet row, Function<SpecSource, ServiceSpec> reader, List<String> unreadable)
      throws SQLException {
    int number = row.getInt("number");
    try {
      SpecSource source = Rows.JSON.readValue(row.getString("source"), SpecSource.class);
      return Optional.of(
          new ServiceVersion(
              row.getString("service"),
              number,
              reader.apply(source),
              source,
              VersionStatus.valueOf(row.getString("status")),
              row.getString("reason"),
              row.getString("change_text"),
              Rollout.Mode.valueOf(row.getString("mode")),
              Instant.ofEpochMilli(row.getLong("created_millis")),
              row.getBoolean("ever_ready"),
              row.getString("workdir_digest")));
    } catch (RuntimeException e) {
      unreadable.add("version " + number + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  static void write(Handle handle, ServiceVersion version) {
    handle
        .createUpdate(
            """
            INSERT INTO versions (service, number, source, status, reason, change_text, mode,
                                  created_millis, ever_ready, workdir_digest)
            VALUES (:service, :number, :source, :status, :reason, :change, :mode,
                    :created, :ready, :digest)
            ON CONFLICT (service, number) DO UPDATE SET
              status = excluded.status, reason = excluded.reason, ever_ready = excluded.ever_ready
            """)
        .bind("service", version.service())
        .bind("number", version.number())
        .bind("source", Rows.JSON.writeValueAsString(version.source()))
        .bind("status", version.status().name())
        .bind("reason", version.reason())
        .bind("change", version.change())
        .bind("mode", version.mode().name())
        .bind("created", version.createdAt().toEpochMilli())
        .bind("ready", version.everReady())
        .bind("digest", version.workdirDigest())
        .execute();
  }
}
