package io.fleetserve.controller.reconcile;

import io.fleetserve.api.spec.ReplicaPolicy.TargetQps;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpotMix;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.autoscale.AcceleratorQps;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.placement.Wish;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which replicas go first when there are too many.
///
/// Least far in its life (PENDING, PROVISIONING, STARTING, NOT_READY, READY), then the older
/// version, then the weaker accelerator (only where the target is given by accelerator), then the
/// fewest requests in flight, then the dearest, then the newer id. Where SkyServe's spot keys
/// decide, its own order: requests and prices are left out.
final class Victims {
  private final ServiceState state;
  private final @Nullable TargetQps targetQps;
  private final boolean skyServe;

  Victims(ServiceState state, ServiceSpec spec) {
    this.state = state;
    this.targetQps = spec.service().replicaPolicy().targetQps();
    this.skyServe =
        Wish.usesSpot(spec) && spec.service().spot().policy() == SpotMix.Policy.DYNAMIC_FALLBACK;
  }

  /// `replicas`, first victim first.
  List<Replica> ordered(List<Replica> replicas) {
    return replicas.stream()
        .sorted(
            Comparator.comparingInt((Replica replica) -> rank(replica.status()))
                .thenComparingInt(Replica::version)
                .thenComparingDouble(this::qps)
                .thenComparingInt(replica -> skyServe ? 0 : state.inFlight(replica))
                .thenComparingDouble(replica -> skyServe ? 0 : -replica.machine().hourlyPrice())
                .thenComparing(Comparator.comparingInt(Replica::id).reversed()))
        .toList();
  }

  private double qps(Replica replica) {
    return targetQps instanceof TargetQps.ByAccelerator map
        ? AcceleratorQps.of(map, replica.machine().accelerator())
        : 0;
  }

  private static int rank(ReplicaStatus status) {
    return switch (status) {
      case PENDING -> 0;
      case PROVISIONING -> 1;
      case STARTING -> 2;
      case NOT_READY -> 3;
      case READY -> 4;
      case DRAINING,
          SHUTTING_DOWN,
          FAILED,
          FAILED_INITIAL_DELAY,
          FAILED_PROBING,
          FAILED_PROVISION,
          FAILED_CLEANUP,
          PREEMPTED,
          UNKNOWN ->
          5;
    };
  }
}
