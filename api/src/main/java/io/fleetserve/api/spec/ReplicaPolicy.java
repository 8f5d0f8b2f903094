package io.fleetserve.api.spec;

import static io.fleetserve.api.unit.Checks.check;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `replica_policy`, or `replicas: N` as minimum = maximum = N.
///
/// @param numOverprovision added on top of the target
/// @param targetQps null means not by requests per second
/// @param queueLengthThreshold waiting requests, >= 1; null means not by them. With neither the
///   number of replicas is fixed
/// @param upscaleDelay default 300 s
/// @param downscaleDelay default 1200 s
/// @param spotPlacer null means off
public record ReplicaPolicy(
    int minReplicas,
    int maxReplicas,
    int numOverprovision,
    @Nullable TargetQps targetQps,
    @Nullable Integer queueLengthThreshold,
    Duration upscaleDelay,
    Duration downscaleDelay,
    boolean dynamicOndemandFallback,
    int baseOndemandFallbackReplicas,
    @Nullable String spotPlacer) {

  public static final Duration DEFAULT_UPSCALE_DELAY = Duration.ofSeconds(300);
  public static final Duration DEFAULT_DOWNSCALE_DELAY = Duration.ofSeconds(1200);

  public ReplicaPolicy {
    check(minReplicas >= 0, "min_replicas", minReplicas, ">= 0");
    check(maxReplicas >= minReplicas, "max_replicas", maxReplicas, ">= min_replicas");
    check(numOverprovision >= 0, "num_overprovision", numOverprovision, ">= 0");
    check(
        queueLengthThreshold == null || queueLengthThreshold >= 1,
        "queue_length_threshold",
        String.valueOf(queueLengthThreshold),
        ">= 1");
    check(!upscaleDelay.isNegative(), "upscale_delay_seconds", upscaleDelay, ">= 0");
    check(!downscaleDelay.isNegative(), "downscale_delay_seconds", downscaleDelay, ">= 0");
    check(
        baseOndemandFallbackReplicas >= 0,
        "base_ondemand_fallback_replicas",
        baseOndemandFallbackReplicas,
        ">= 0");
  }

  /// A constant number of replicas.
  public static ReplicaPolicy fixed(int replicas) {
    return new ReplicaPolicy(
        replicas,
        replicas,
        0,
        null,
        null,
        DEFAULT_UPSCALE_DELAY,
        DEFAULT_DOWNSCALE_DELAY,
        false,
        0,
        null);
  }

  /// Requests per second one replica is meant to serve.
  public sealed interface TargetQps {
    /// The same for every replica, > 0.
    record Uniform(double qps) implements TargetQps {
      public Uniform {
        check(qps > 0, "target_qps_per_replica", qps, "> 0");
      }
    }

    /// By accelerator, key `NAME` or `NAME:count`, each > 0.
    record ByAccelerator(Map<String, Double> qps) implements TargetQps {
      public ByAccelerator {
        qps = Map.copyOf(qps);
        check(!qps.isEmpty(), "target_qps_per_replica", qps, "at least one accelerator");
        qps.forEach(
            (name, value) -> check(value > 0, "target_qps_per_replica." + name, value, "> 0"));
      }
    }
  }
}
