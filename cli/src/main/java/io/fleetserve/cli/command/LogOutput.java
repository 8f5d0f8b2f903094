package io.fleetserve.cli.command;

import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.cli.client.ControllerClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Prints logs. With several replicas each line says whose it is; lines of different replicas do
/// not mix. Thread-safe.
final class LogOutput {
  private final Session session;
  private final boolean json;
  private final int replicaId;
  private final boolean prefixed;
  private final ReentrantLock turn;

  private LogOutput(
      Session session, boolean json, int replicaId, boolean prefixed, ReentrantLock turn) {
    this.session = session;
    this.json = json;
    this.replicaId = replicaId;
    this.prefixed = prefixed;
    this.turn = turn;
  }

  /// Output of a log that is no replica's.
  static LogOutput plain(Session session, boolean json) {
    return new LogOutput(session, json, 0, false, new ReentrantLock());
  }

  /// Prints the logs of replicas: one after the other, or, when following, as lines come.
  static void print(
      Session session,
      ControllerClient client,
      List<ReplicaView> replicas,
      int tail,
      boolean follow,
      boolean json) {
    ReentrantLock turn = new ReentrantLock();
    List<Thread> threads = new ArrayList<>();
    session.access().json();
    for (ReplicaView replica : replicas) {
      LogOutput output =
          new LogOutput(session, json, replica.replicaId(), replicas.size() > 1, turn);
      Runnable copy =
          () -> output.copy(client.logs(replica.service(), replica.replicaId(), tail, follow));
      if (follow && replicas.size() > 1) {
        threads.add(Thread.ofVirtual().start(copy));
      } else {
        copy.run();
      }
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Prints the log to its end. A stream that breaks ends it with a note: the rest is in the log.
  void copy(InputStream log) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(log, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        print(line);
      }
    } catch (IOException e) {
      session.console().note("The log ends here: " + e.getMessage());
    }
  }

  private void print(String line) {
    turn.lock();
    try {
      if (json) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (replicaId > 0) {
          object.put("replica", replicaId);
        }
        object.put("line", line);
        session.printJsonLine(object);
      } else {
        session.console().line(prefixed ? "[" + replicaId + "] " + line : line);
      }
    } finally {
      turn.unlock();
    }
  }
}
