package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.ReplicaPolicy.TargetQps;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.load.Measurement;
import io.fleetserve.controller.model.Replica;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// SkyServe's `target_qps_per_replica` by accelerator, behind [TickHysteresis].
///
/// total = sum of the configured rates of live replicas. When the rate reaches it, replicas of the
/// best accelerator are added for the rest; else the ready ones are counted from the strongest down
/// until they carry the rate.
///
/// What differs: replicas on their way count until the ready ones carry the rate; only live
/// replicas are counted, failed rows are not; with none alive the rate alone decides, so the
/// service can leave zero; no rate wants none.
final class InstanceAwareAutoscaler implements Autoscaler {
  private final TargetQps.ByAccelerator map;

  InstanceAwareAutoscaler(TargetQps.ByAccelerator map) {
    this.map = map;
  }

  @Override
  public Decision decide(Inputs in, Instant now) {
    Measurement requests = in.load().requestsInLast(TickHysteresis.WINDOW, now);
    double rate = requests.value() / TickHysteresis.WINDOW.toSeconds();
    List<Replica> alive =
        in.replicas().stream().filter(replica -> replica.status().isAlive()).toList();
    double total =
        alive.stream()
            .filter(replica -> replica.status() != ReplicaStatus.NOT_READY)
            .mapToDouble(this::qps)
            .sum();
    return TickHysteresis.decide(
        name(),
        in,
        now,
        desired(rate, total, alive),
        requests,
        "%.2f requests/s, %s of them carried by %d replicas"
            .formatted(rate, Demand.number(Math.min(rate, total)), alive.size()));
  }

  private int desired(double rate, double total, List<Replica> alive) {
    if (rate <= 0) {
      return 0;
    }
    if (total <= 0) {
      return Math.max(1, Demand.ceil(rate / AcceleratorQps.best(map)));
    }
    if (rate >= total) {
      return alive.size() + Demand.ceil((rate - total) / AcceleratorQps.best(map));
    }
    double sum = 0;
    int count = 0;
    for (double qps : strongestFirst(alive)) {
      sum += qps;
      count++;
      if (sum > rate) {
        return count;
      }
    }
    return alive.size();
  }

  private List<Double> strongestFirst(List<Replica> alive) {
    return alive.stream()
        .filter(Replica::isReady)
        .map(this::qps)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private double qps(Replica replica) {
    return AcceleratorQps.of(map, replica.machine().accelerator());
  }

  @Override
  public Duration period(int target) {
    return TickHysteresis.period(target);
  }

  @Override
  public String name() {
    return "instance_aware";
  }
}
