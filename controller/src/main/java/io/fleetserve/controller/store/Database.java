package io.fleetserve.controller.store;

import io.fleetserve.controller.home.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/// One SQLite file and the only connection to it. Thread-safe: one lock, held for one transaction.
///
/// Write-ahead log with a sync per commit: what was acknowledged survives a crash of the process
/// and of the machine. The log is kept short, since the home may be small. After an error the
/// connection is opened anew, so nothing of a failed transaction stays behind.
final class Database implements AutoCloseable {
  /// Number of the newest migration. The schema carries it as `user_version`, so that the usual
  /// start, with nothing to migrate, costs one read instead of Flyway's own.
  private static final int SCHEMA = 4;

  private static final int SQLITE_READONLY = 8;
  private static final int SQLITE_IOERR = 10;
  private static final int SQLITE_FULL = 13;
  private static final int SQLITE_CANTOPEN = 14;

  private final Object lock = new Object();
  private final Path file;
  private final java.util.function.BooleanSupplier diskFull;
  private @Nullable Handle handle;
  private boolean closed;

  /// @param diskFull asked when the driver only says that input or output failed
  Database(Path file, java.util.function.BooleanSupplier diskFull) {
    this.file = file;
    this.diskFull = diskFull;
  }

  /// Runs `work` in one transaction.
  <T> T call(HandleCallback<T, SQLException> work) {
    synchronized (lock) {
      if (closed) {
        throw new StoreException.Failed(file + " is closed", new IllegalStateException("closed"));
      }
      try {
        return open().inTransaction(work);
      } catch (SQLException | JdbiException | IOException | FlywayException e) {
        discard();
        throw translate(e);
      }
    }
  }

  private Handle open() throws SQLException, IOException {
    Handle current = handle;
    if (current == null) {
      OwnerOnlyFiles.createFile(file);
      current = Jdbi.create(connect()).open();
      handle = current;
      migrate(current);
    }
    return current;
  }

  private Connection connect() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setBusyTimeout(5_000);
    config.setCacheSize(-1_000);
    config.setJournalSizeLimit(1 << 20);
    config.setPragma(SQLiteConfig.Pragma.FOREIGN_KEYS, "true");
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = 128");
    }
    return connection;
  }

  private void migrate(Handle current) {
    int version = current.createQuery("PRAGMA user_version").mapTo(int.class).one();
    if (version > SCHEMA) {
      throw new FlywayException(
          file + " was written by a newer version of Fleetserve (schema " + version + ")");
    }
    if (version < SCHEMA) {
      Flyway.configure()
          .dataSource(new OneConnection(current.getConnection()))
          .locations("classpath:db/migration")
          .load()
          .migrate();
    }
  }

  private StoreException translate(Exception e) {
    int code = sqliteCode(e);
    String where = file + ": " + rootMessage(e);
    if (code == SQLITE_FULL || (code == SQLITE_IOERR && diskFull.getAsBoolean())) {
      return new StoreException.DiskFull("No space left on device for " + where, e);
    }
    if (code == SQLITE_CANTOPEN && diskFull.getAsBoolean()) {
      return new StoreException.DiskFull("No space left on device for " + where, e);
    }
    if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN) {
      return new StoreException.ReadOnly("cannot write " + where, e);
    }
    if (e instanceof IOException) {
      return diskFull.getAsBoolean()
          ? new StoreException.DiskFull("No space left on device for " + where, e)
          : new StoreException.ReadOnly("cannot open " + where, e);
    }
    return new StoreException.Failed(where, e);
  }

  private static int sqliteCode(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql.getErrorCode() & 0xff;
      }
    }
    return 0;
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private void discard() {
    Handle broken = handle;
    handle = null;
    if (broken != null) {
      try {
        broken.getConnection().close();
      } catch (SQLException | JdbiException ignored) {
        // It is thrown away; the error that led here is the one to tell.
      }
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      discard();
    }
  }
}
