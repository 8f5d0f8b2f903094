package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.ReplicaPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Always the minimum: `replicas: N`, or a policy without a target.
final class FixedAutoscaler implements Autoscaler {
  @Override
  public Decision decide(Inputs in, Instant now) {
    ReplicaPolicy policy = in.spec().service().replicaPolicy();
    int target = policy.minReplicas();
    return new Decision(
        Autoscalers.withOverprovision(target, policy),
        new AutoscalerState(name(), target, 0, 0, 0, 0, List.of()),
        "the service file wants "
            + target
            + " replicas"
            + (policy.numOverprovision() > 0
                ? " and " + policy.numOverprovision() + " to spare"
                : ""));
  }

  @Override
  public Duration period(int target) {
    return TickHysteresis.TICK;
  }

  @Override
  public String name() {
    return "fixed";
  }
}
