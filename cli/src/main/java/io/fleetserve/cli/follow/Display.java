package io.fleetserve.cli.follow;

import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import java.util.List;

/// Shows the replicas of a followed service as they change.
public interface Display extends AutoCloseable {
  /// Nothing is shown.
  Display NONE =
      new Display() {
        @Override
        public void show(ServiceView service) {}

        @Override
        public void close() {}
      };

  /// Called for each state of the service, in order.
  void show(ServiceView service);

  /// The last state stays on the screen.
  @Override
  void close();

  /// Replicas worth a line: all that are alive or ending, and those of the version on its way that
  /// failed.
  static List<ReplicaView> shown(ServiceView service) {
    return service.replicas().stream()
        .filter(
            replica -> !replica.status().isFailed() || replica.version() == service.targetVersion())
        .toList();
  }
}
