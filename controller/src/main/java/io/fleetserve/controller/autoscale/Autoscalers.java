package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.api.spec.ReplicaPolicy.TargetQps;
import io.fleetserve.api.spec.ServiceSpec;
import java.time.Duration;

/// Chooses the autoscaler a service file asks for.
public final class Autoscalers {
  private Autoscalers() {}

  /// `autoscaling:` wins, then `queue_length_threshold`, then `target_qps_per_replica` in its two
  /// forms, else a fixed number.
  public static Autoscaler forSpec(ServiceSpec spec) {
    Autoscaling own = spec.service().autoscaling();
    if (own != null) {
      return switch (own.policy()) {
        case FORECAST -> new ForecastAutoscaler(own);
        case KNATIVE -> new PanicWindowAutoscaler(own);
        case HPA -> new HpaAutoscaler(own);
        case RAY_SERVE -> new RayServeAutoscaler(own);
      };
    }
    Integer threshold = spec.service().replicaPolicy().queueLengthThreshold();
    if (threshold != null) {
      return new QueueLengthAutoscaler(threshold);
    }
    return switch (spec.service().replicaPolicy().targetQps()) {
      case TargetQps.Uniform uniform -> new RequestRateAutoscaler(uniform.qps());
      case TargetQps.ByAccelerator map -> new InstanceAwareAutoscaler(map);
      case null -> new FixedAutoscaler();
    };
  }

  /// The longest window the service's autoscaler looks back.
  public static Duration longestWindow(ServiceSpec spec) {
    Autoscaling own = spec.service().autoscaling();
    Duration longest = TickHysteresis.WINDOW;
    if (own == null) {
      return longest;
    }
    Duration delay = spec.service().replicaPolicy().downscaleDelay();
    Duration asked = own.window().compareTo(delay) > 0 ? own.window() : delay;
    return asked.compareTo(longest) > 0 ? asked : longest;
  }

  /// Replicas wanted before any load was seen: the minimum, overprovision included.
  public static int initialTarget(ServiceSpec spec) {
    ReplicaPolicy policy = spec.service().replicaPolicy();
    return withOverprovision(policy.minReplicas(), policy);
  }

  static int withOverprovision(int target, ReplicaPolicy policy) {
    return target + policy.numOverprovision();
  }

  static int clamp(int wanted, ReplicaPolicy policy) {
    return Math.clamp(wanted, policy.minReplicas(), policy.maxReplicas());
  }
}
