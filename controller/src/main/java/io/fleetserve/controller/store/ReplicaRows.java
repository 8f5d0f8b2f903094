package io.fleetserve.controller.store;

import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import tools.jackson.core.JacksonException;

/// Table `replicas`. Stateless.
final class ReplicaRows {
  private ReplicaRows() {}

  static List<Replica> of(Handle handle, String service, List<String> unreadable) {
    return handle
        .createQuery(
            "SELECT * FROM replicas WHERE service = :service ORDER BY replica_id, generation")
        .bind("service", service)
        .map((row, context) -> read(row, unreadable))
        .list()
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Replica> read(ResultSet row, List<String> unreadable)
      throws SQLException {
    try {
      return Optional.of(Rows.JSON.readValue(row.getString("body"), Replica.class));
    } catch (JacksonException e) {
      unreadable.add("replica " + row.getInt("replica_id") + ": " + e.getOriginalMessage());
      return Optional.empty();
    }
  }

  static void write(Handle handle, Replica replica) {
    handle
        .createUpdate(
            """
            INSERT OR REPLACE INTO replicas (service, replica_id, generation, version, status, body)
            VALUES (:service, :replica, :generation, :version, :status, :body)
            """)
        .bind("service", replica.key().service())
        .bind("replica", replica.key().replicaId())
        .bind("generation", replica.key().generation())
        .bind("version", replica.version())
        .bind("status", replica.status().name())
        .bind("body", Rows.JSON.writeValueAsString(replica))
        .execute();
  }

  static void delete(Handle handle, ReplicaKey key) {
    handle
        .createUpdate(
            """
            DELETE FROM replicas
            WHERE service = :service AND replica_id = :replica AND generation = :generation
            """)
        .bind("service", key.service())
        .bind("replica", key.replicaId())
        .bind("generation", key.generation())
        .execute();
  }
}
