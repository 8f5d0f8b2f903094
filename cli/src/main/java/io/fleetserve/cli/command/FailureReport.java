package io.fleetserve.cli.command;

import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.ControllerGone;
import io.fleetserve.cli.client.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/// Why replicas failed: status, reason, and the last lines the newest of them printed.
final class FailureReport {
  private static final int LOG_LINES = 5;
  private static final int REPLICAS = 3;

  private FailureReport() {}

  /// Prints on stderr.
  ///
  /// @param version whose replicas are looked at
  static void print(Session session, ServiceView service, int version) {
    List<ReplicaView> failed =
        service.replicas().stream()
            .filter(replica -> replica.version() == version && replica.status().isFailed())
            .sorted(Comparator.comparingLong(ReplicaView::launchedAtMillis).reversed())
            .toList();
    for (ReplicaView replica : failed.stream().limit(REPLICAS).toList()) {
      session
          .console()
          .note(
              "  replica %d   %s   %s"
                  .formatted(replica.replicaId(), replica.status(), replica.reason()));
    }
    if (failed.size() > REPLICAS) {
      session.console().note("  ... " + (failed.size() - REPLICAS) + " more");
    }
    if (!failed.isEmpty()) {
      printLog(session, failed.getFirst());
    }
  }

  private static void printLog(Session session, ReplicaView replica) {
    List<String> lines;
    try (InputStream log =
        session.access().connect().logs(replica.service(), replica.replicaId(), LOG_LINES, false)) {
      lines = new String(log.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException | ProblemException | ControllerGone ignored) {
      return; // The reason was printed; its log is an extra.
    }
    if (lines.isEmpty()) {
      return;
    }
    session.console().note("  last lines of replica " + replica.replicaId() + ":");
    lines.forEach(line -> session.console().note("    " + line));
  }
}
