package io.fleetserve.controller.store;

import io.fleetserve.api.wire.EventView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Table `events`. Stateless.
final class EventRows {
  private EventRows() {}

  static EventView append(Handle handle, String service, Changes.TimedEvent event) {
    long sequence =
        handle
            .createUpdate(
                """
                INSERT INTO events
                  (time_millis, service, version, replica_id, severity, type, message)
                VALUES (:time, :service, :version, :replica, :severity, :type, :message)
                """)
            .bind("time", event.at().toEpochMilli())
            .bind("service", service)
            .bind("version", event.draft().version())
            .bind("replica", event.draft().replicaId())
            .bind("severity", event.draft().severity().name())
            .bind("type", event.draft().type().wireName())
            .bind("message", event.draft().message())
            .executeAndReturnGeneratedKeys()
            .mapTo(long.class)
            .one();
    return new EventView(
        sequence,
        event.at().toEpochMilli(),
        service,
        event.draft().version(),
        event.draft().replicaId(),
        event.draft().severity(),
        event.draft().type().wireName(),
        event.draft().message());
  }

  static List<EventView> read(Handle handle, @Nullable String service, long after, int limit) {
    String newest =
        """
        SELECT * FROM (
          SELECT * FROM events WHERE (:service IS NULL OR service = :service)
          ORDER BY sequence DESC LIMIT :limit)
        ORDER BY sequence
        """;
    String following =
        """
        SELECT * FROM events
        WHERE sequence > :after AND (:service IS NULL OR service = :service)
        ORDER BY sequence LIMIT :limit
        """;
    var query = handle.createQuery(after < 0 ? newest : following);
    if (after >= 0) {
      query.bind("after", after);
    }
    return query
        .bind("service", service)
        .bind("limit", limit)
        .map((row, context) -> view(row))
        .list();
  }

  private static EventView view(ResultSet row) throws SQLException {
    return new EventView(
        row.getLong("sequence"),
        row.getLong("time_millis"),
        row.getString("service"),
        row.getInt("version"),
        row.getInt("replica_id"),
        EventView.Severity.valueOf(row.getString("severity")),
        row.getString("type"),
        row.getString("message"));
  }

  static void keepLast(Handle handle, int count) {
    handle
        .createUpdate(
            "DELETE FROM events WHERE sequence <= (SELECT MAX(sequence) FROM events) - :count")
        .bind("count", count)
        .execute();
  }
}
