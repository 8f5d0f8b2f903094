package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ReplicaPolicy.TargetQps;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.autoscale.Autoscaler.Inputs;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Reports;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.load.LoadWindow;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class InstanceAwareAutoscalerTest {
  private static final Map<String, Double> QPS = Map.of("H100", 10.0, "L4", 2.0, "H100:8", 80.0);
  private static final ServiceSpec SPEC = Specs.between(0, 20).targetQps(QPS).delays(0, 0).build();
  private static final Instant NOW = VirtualClock.EPOCH;

  @Test
  void addsTheBestAcceleratorForTheRateBeyondTheTotal() {
    List<Replica> replicas = List.of(ready(1, "L4:1"), ready(2, "H100:1"));

    // total 12/s; 35/s: two live + ceil(23 / 80) = 3
    assertThat(decide(35, 2, replicas)).isEqualTo(3);
  }

  @Test
  void countsReadyOnesFromTheStrongestDownUntilTheyCarryTheRate() {
    List<Replica> replicas =
        List.of(ready(1, "L4:1"), ready(2, "H100:1"), ready(3, "L4:1"), ready(4, "H100:1"));

    // total 24/s; 9/s: one H100 carries 10
    assertThat(decide(9, 4, replicas)).isEqualTo(1);
    // 11/s: two
    assertThat(decide(11, 4, replicas)).isEqualTo(2);
  }

  @Test
  void replicasOnTheirWayCountSoTheyAreNotTakenAwayAgain() {
    List<Replica> replicas = List.of(ready(1, "H100:1"), on(ReplicaStatus.STARTING, 2, "H100:1"));

    assertThat(decide(15, 2, replicas)).isEqualTo(2);
  }

  @Test
  void failedRowsAreNotCounted() {
    List<Replica> replicas =
        List.of(
            ready(1, "H100:1"),
            on(ReplicaStatus.FAILED, 2, "H100:1"),
            on(ReplicaStatus.PREEMPTED, 3, "H100:1"));

    // 1 live + ceil((15 - 10) / 80)
    assertThat(decide(15, 1, replicas)).isEqualTo(2);
  }

  @Test
  void leavesZero() {
    assertThat(decide(1, 0, List.of())).isEqualTo(1);
    assertThat(decide(200, 0, List.of())).isEqualTo(3);
  }

  @Test
  void noRateWantsNone() {
    assertThat(decide(0, 1, List.of(ready(1, "H100:1")))).isZero();
  }

  @Test
  void entryOfTheExactCountWinsThenTheNameThenOne() {
    TargetQps.ByAccelerator map = new TargetQps.ByAccelerator(QPS);

    assertThat(AcceleratorQps.of(map, "H100:8")).isEqualTo(80);
    assertThat(AcceleratorQps.of(map, "H100:4")).isEqualTo(10);
    assertThat(AcceleratorQps.of(map, "L4")).isEqualTo(2);
    assertThat(AcceleratorQps.of(map, "TPU:1")).isEqualTo(1);
    assertThat(AcceleratorQps.of(map, null)).isEqualTo(1);
  }

  private static Replica ready(int id, String accelerator) {
    return on(ReplicaStatus.READY, id, accelerator);
  }

  private static Replica on(ReplicaStatus status, int id, String accelerator) {
    return Replicas.on(accelerator, Replicas.in(status, id, 1, NOW));
  }

  private static int decide(int qps, int target, List<Replica> replicas) {
    LoadWindow window = LoadWindow.of(Replicas.SERVICE, Duration.ofMinutes(1));
    Reports lb = new Reports("lb-1", NOW.minus(Duration.ofDays(1)));
    for (int i = 70; i >= 0; i--) {
      window = window.with(lb.arrive(qps).send(), NOW.minusSeconds(i));
    }
    AutoscalerState state = new AutoscalerState("instance_aware", target, 0, 0, 0, 0, List.of());
    return Autoscalers.forSpec(SPEC)
        .decide(new Inputs(window, target, replicas, SPEC, state), NOW)
        .target();
  }
}
