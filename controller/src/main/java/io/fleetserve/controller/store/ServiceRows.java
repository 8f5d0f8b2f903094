package io.fleetserve.controller.store;

import io.fleetserve.controller.model.Service;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Table `services`. Stateless.
final class ServiceRows {
  private ServiceRows() {}

  static List<Service> all(Handle handle) {
    return handle
        .createQuery("SELECT * FROM services ORDER BY name")
        .map((row, context) ->
            new Service(
                row.getString("name"),
                row.getInt("listen_port"),
                Instant.ofEpochMilli(row.getLong("created_millis")),
                row.getBoolean("ending"),
                row.getBoolean("purge"),
                row.getInt("next_replica_id"),
                row.getInt("next_version"),
                row.getInt("target"),
                row.getString("autoscaler_state"),
                row.getString("spot_state"),
                row.getString("cold_starts")))
        .list();
  }

  static void write(Handle handle, Service service) {
    handle
        .createUpdate(
            """
            INSERT INTO services (name, listen_port, created_millis, ending, purge,
                                  next_replica_id, next_version, target, autoscaler_state,
                                  spot_state, cold_starts)
            VALUES (:name, :port, :created, :ending, :purge, :replica, :version, :target, :state,
                    :spot, :starts)
            ON CONFLICT (name) DO UPDATE SET
              listen_port = excluded.listen_port, ending = excluded.ending, purge = excluded.purge,
              next_replica_id = excluded.next_replica_id, next_version = excluded.next_version,
              target = excluded.target, autoscaler_state = excluded.autoscaler_state,
              spot_state = excluded.spot_state, cold_starts = excluded.cold_starts
            """)
        .bind("name", service.name())
        .bind("port", service.listenPort())
        .bind("created", service.createdAt().toEpochMilli())
        .bind("ending", service.ending())
        .bind("purge", service.purge())
        .bind("replica", service.nextReplicaId())
        .bind("version", service.nextVersion())
        .bind("target", service.target())
        .bind("state", service.autoscalerState())
        .bind("spot", service.spotState())
        .bind("starts", service.coldStarts())
        .execute();
  }

  /// Versions and replicas go with it.
  static void delete(Handle handle, String name) {
    handle.createUpdate("DELETE FROM services WHERE name = :name").bind("name", name).execute();
  }
}
