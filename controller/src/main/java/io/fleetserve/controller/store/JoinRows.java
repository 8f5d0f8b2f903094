package io.fleetserve.controller.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Table `joins`. Stateless.
final class JoinRows {
  private JoinRows() {}

  static Optional<Join> find(Handle handle, String attemptId) {
    return handle
        .createQuery("SELECT * FROM joins WHERE attempt_id = :id")
        .bind("id", attemptId)
        .map((row, context) -> read(row))
        .findOne();
  }

  private static Join read(ResultSet row) throws SQLException {
    return new Join(
        row.getString("attempt_id"),
        row.getString("token_hash"),
        Instant.ofEpochMilli(row.getLong("expires_millis")),
        row.getString("key_hash"),
        row.getString("serial"),
        row.getString("previous_serial"),
        Instant.ofEpochMilli(row.getLong("previous_millis")),
        row.getInt("revoked") != 0);
  }

  static int write(Handle handle, Join join) {
    return handle
        .createUpdate(
            """
            INSERT OR REPLACE INTO joins (attempt_id, token_hash, expires_millis, key_hash, serial,
                                          previous_serial, previous_millis, revoked)
            VALUES (:id, :token, :expires, :key, :serial, :previous, :until, :revoked)
            """)
        .bind("id", join.attemptId())
        .bind("token", join.tokenHash())
        .bind("expires", join.expiresAt().toEpochMilli())
        .bind("key", join.keyHash())
        .bind("serial", join.serial())
        .bind("previous", join.previousSerial())
        .bind("until", join.previousUntil().toEpochMilli())
        .bind("revoked", join.revoked() ? 1 : 0)
        .execute();
  }

  /// Rows of attempts that are forgotten, once their token is over, too.
  static int deleteOrphans(Handle handle, Instant expiredBefore) {
    return handle
        .createUpdate(
            """
            DELETE FROM joins
            WHERE expires_millis < :time AND attempt_id NOT IN (SELECT attempt_id FROM attempts)
            """)
        .bind("time", expiredBefore.toEpochMilli())
        .execute();
  }
}
