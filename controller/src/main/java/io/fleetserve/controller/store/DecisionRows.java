package io.fleetserve.controller.store;

import io.fleetserve.controller.decision.DecisionKind;
import io.fleetserve.controller.decision.RecordedDecision;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Table `decisions`: the last ones of each service. Stateless.
final class DecisionRows {
  /// Of one service.
  static final int KEPT = 200;

  private DecisionRows() {}

  static void append(Handle handle, String service, List<RecordedDecision> decisions) {
    for (RecordedDecision decision : decisions) {
      handle
          .createUpdate(
              """
              INSERT INTO decisions
                (service, time_millis, kind, version, rule, choice, reason, weighed, inputs, outcome)
              VALUES (:service, :time, :kind, :version, :rule, :choice, :reason, :weighed, :inputs,
                      :outcome)
              """)
          .bind("service", service)
          .bind("time", decision.at().toEpochMilli())
          .bind("kind", decision.kind().name())
          .bind("version", decision.version())
          .bind("rule", decision.rule())
          .bind("choice", decision.choice())
          .bind("reason", decision.reason())
          .bind("weighed", Rows.JSON.writeValueAsString(decision.weighed()))
          .bind("inputs", Deflated.of(decision.inputs()))
          .bind("outcome", decision.outcome())
          .execute();
    }
    if (!decisions.isEmpty()) {
      keepLast(handle, service);
    }
  }

  private static void keepLast(Handle handle, String service) {
    handle
        .createUpdate(
            """
            DELETE FROM decisions WHERE service = :service AND sequence <= (
              SELECT sequence FROM decisions WHERE service = :service
              ORDER BY sequence DESC LIMIT 1 OFFSET :kept)
            """)
        .bind("service", service)
        .bind("kept", KEPT)
        .execute();
  }

  /// The last ones, oldest first.
  static List<RecordedDecision> last(Handle handle, String service, int limit) {
    return handle
        .createQuery(
            """
            SELECT * FROM (
              SELECT * FROM decisions WHERE service = :service ORDER BY sequence DESC LIMIT :limit)
            ORDER BY sequence
            """)
        .bind("service", service)
        .bind("limit", limit)
        .map((row, context) -> read(row))
        .list();
  }

  private static RecordedDecision read(ResultSet row) throws SQLException {
    return new RecordedDecision(
        row.getLong("sequence"),
        Instant.ofEpochMilli(row.getLong("time_millis")),
        DecisionKind.valueOf(row.getString("kind")),
        row.getInt("version"),
        row.getString("rule"),
        row.getString("choice"),
        row.getString("reason"),
        List.of(Rows.JSON.readValue(row.getString("weighed"), String[].class)),
        Deflated.text(row.getBytes("inputs")),
        row.getString("outcome"));
  }
}
