package io.fleetserve.e2e;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/// What the store of a home says at this moment, read beside the controller. Confined to one
/// thread.
final class StoreRows implements AutoCloseable {
  private final Connection connection;

  StoreRows(Path home) throws SQLException {
    connection =
        DriverManager.getConnection(
            "jdbc:sqlite:file:" + home.resolve("controller.db") + "?mode=ro&busy_timeout=5000");
  }

  String installation() {
    return text("SELECT value FROM meta WHERE name = ?", "installation_id");
  }

  /// The last attempt of a service; empty before there is one.
  String attempt(String service) {
    return text(
        "SELECT attempt_id FROM attempts WHERE service = ? ORDER BY created_millis DESC LIMIT 1",
        service);
  }

  /// Whether a table has a row that a condition with one parameter fits.
  boolean has(String table, String condition, String parameter) {
    return !text("SELECT 'yes' FROM " + table + " WHERE " + condition + " LIMIT 1", parameter)
        .isEmpty();
  }

  private String text(String query, String parameter) {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, parameter);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getString(1) : "";
      }
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
