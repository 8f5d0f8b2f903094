package io.fleetserve.cli.view;

import io.fleetserve.api.wire.ReplicaView;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// Replicas on their way, as the commands that follow a service show them: a line each.
public final class ProgressText {
  private ProgressText() {}

  /// ` replica 1 READY 0.4 s 127.0.0.1:43121`; a failed one shows its reason.
  ///
  /// @param now until when the time of an unready replica is counted
  /// @param width in columns; a longer line is cut
  public static String replica(ReplicaView replica, Instant now, int width, Paint paint) {
    String head = "  replica %-3d ".formatted(replica.replicaId());
    String status = "%-10s ".formatted(replica.status());
    String rest =
        "%-8s%s"
            .formatted(
                Times.fine(taken(replica, now)),
                replica.status().isFailed() ? replica.reason() : replica.endpoint())
            .stripTrailing();
    int room = Math.max(0, width - head.length() - status.length());
    String shown = rest.length() <= room ? rest : rest.substring(0, Math.max(0, room - 1)) + "~";
    return head + paint.status(replica.status(), status) + shown;
  }

  private static Duration taken(ReplicaView replica, Instant now) {
    if (replica.readyAfterMillis() > 0) {
      return Duration.ofMillis(replica.readyAfterMillis());
    }
    return replica.launchedAtMillis() == 0
        ? Duration.ZERO
        : Duration.between(Instant.ofEpochMilli(replica.launchedAtMillis()), now);
  }

  /// The picture of one moment, replicas by id.
  public static List<String> frame(
      List<ReplicaView> replicas, Instant now, int width, Paint paint) {
    return replicas.stream()
        .sorted(Comparator.comparingInt(ReplicaView::replicaId))
        .map(replica -> replica(replica, now, width, paint))
        .toList();
  }
}
