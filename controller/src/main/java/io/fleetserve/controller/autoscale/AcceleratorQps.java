package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.ReplicaPolicy.TargetQps;
import org.jspecify.annotations.Nullable;

/// Looks up what one replica is meant to serve in the map form of `target_qps_per_replica`.
public final class AcceleratorQps {
  private AcceleratorQps() {}

  /// The entry of `NAME:count`, else of `NAME`, else 1.0, as SkyServe does.
  ///
  /// @param accelerator of the replica, for example `H100:1`; null means none
  public static double of(TargetQps.ByAccelerator map, @Nullable String accelerator) {
    if (accelerator == null) {
      return 1.0;
    }
    Double exact = map.qps().get(accelerator);
    if (exact != null) {
      return exact;
    }
    int colon = accelerator.indexOf(':');
    return map.qps().getOrDefault(colon < 0 ? accelerator : accelerator.substring(0, colon), 1.0);
  }

  /// The largest entry.
  public static double best(TargetQps.ByAccelerator map) {
    return map.qps().values().stream().mapToDouble(Double::doubleValue).max().orElse(1.0);
  }
}
