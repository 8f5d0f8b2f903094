package io.fleetserve.controller.store;

import io.fleetserve.controller.model.ReplicaKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Table `attempts`. Stateless.
final class AttemptRows {
  private AttemptRows() {}

  static List<Attempt> of(Handle handle, String service) {
    return handle
        .createQuery("SELECT * FROM attempts WHERE service = :service ORDER BY created_millis")
        .bind("service", service)
        .map((row, context) -> read(row))
        .list();
  }

  static Optional<Attempt> find(Handle handle, String attemptId) {
    return handle
        .createQuery("SELECT * FROM attempts WHERE attempt_id = :id")
        .bind("id", attemptId)
        .map((row, context) -> read(row))
        .findOne();
  }

  private static Attempt read(ResultSet row) throws SQLException {
    return new Attempt(
        row.getString("attempt_id"),
        new ReplicaKey(
            row.getString("service"), row.getInt("replica_id"), row.getInt("generation")),
        row.getString("provider"),
        Attempt.State.valueOf(row.getString("state")),
        row.getString("instance_id"),
        row.getString("detail"),
        Instant.ofEpochMilli(row.getLong("created_millis")),
        Instant.ofEpochMilli(row.getLong("changed_millis")));
  }

  static void write(Handle handle, Attempt attempt) {
    handle
        .createUpdate(
            """
            INSERT INTO attempts (attempt_id, service, replica_id, generation, provider, state,
                                  instance_id, detail, created_millis, changed_millis)
            VALUES (:id, :service, :replica, :generation, :provider, :state,
                    :instance, :detail, :created, :changed)
            ON CONFLICT (attempt_id) DO UPDATE SET
              state = excluded.state, instance_id = excluded.instance_id,
              detail = excluded.detail, changed_millis = excluded.changed_millis
            """)
        .bind("id", attempt.attemptId())
        .bind("service", attempt.key().service())
        .bind("replica", attempt.key().replicaId())
        .bind("generation", attempt.key().generation())
        .bind("provider", attempt.provider())
        .bind("state", attempt.state().name())
        .bind("instance", attempt.instanceId())
        .bind("detail", attempt.detail())
        .bind("created", attempt.createdAt().toEpochMilli())
        .bind("changed", attempt.changedAt().toEpochMilli())
        .execute();
  }

  static int deleteFinishedBefore(Handle handle, Instant time) {
    return handle
        .createUpdate(
            """
            DELETE FROM attempts
            WHERE changed_millis < :time AND state IN ('REJECTED', 'ENDED')
            """)
        .bind("time", time.toEpochMilli())
        .execute();
  }
}
