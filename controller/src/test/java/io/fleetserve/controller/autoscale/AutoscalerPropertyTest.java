package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.autoscale.Autoscaler.Decision;
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
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What holds for every autoscaler, whatever is fed in.
final class AutoscalerPropertyTest {
  private static final Instant NOW = VirtualClock.EPOCH;

  /// Bounded, pure, explained, its memory survives its stored form, and more load never wants
  /// fewer.
  @Test
  void decisionsAreBoundedReplayableAndMonotoneInLoad() {
    for (long seed = 1; seed <= 1500; seed++) {
      Random random = new Random(seed);
      int min = random.nextInt(3);
      int max = min + random.nextInt(10);
      int spare = random.nextInt(3);
      ServiceSpec spec = spec(random, min, max, spare);
      Autoscaler autoscaler = Autoscalers.forSpec(spec);
      int target = random.nextInt(14);
      AutoscalerState state =
          random.nextInt(4) == 0
              ? AutoscalerState.NONE
              : new AutoscalerState(
                  autoscaler.name(),
                  target,
                  random.nextInt(20),
                  random.nextInt(70),
                  NOW.minusSeconds(random.nextInt(100)).toEpochMilli(),
                  random.nextBoolean() ? 0 : NOW.minusSeconds(random.nextInt(90)).toEpochMilli(),
                  List.of());
      int qps = random.nextInt(40);
      List<Replica> replicas =
          IntStream.rangeClosed(1, target)
              .mapToObj(id -> Replicas.in(ReplicaStatus.READY, id, 1, NOW))
              .toList();
      Inputs less = new Inputs(load(qps), target, replicas, spec, state);
      Inputs more = new Inputs(load(qps + 1 + random.nextInt(40)), target, replicas, spec, state);

      Decision decision = autoscaler.decide(less, NOW);

      String story = "seed " + seed + " " + autoscaler.name() + ": " + decision;
      assertThat(decision.target()).as(story).isBetween(min + spare, max + spare);
      assertThat(autoscaler.decide(less, NOW)).as(story).isEqualTo(decision);
      assertThat(decision.reason()).as(story).isNotBlank();
      assertThat(AutoscalerState.ofJson(decision.next().toJson()))
          .as(story)
          .isEqualTo(decision.next());
      assertThat(autoscaler.decide(more, NOW).target())
          .as(story)
          .isGreaterThanOrEqualTo(decision.target());
    }
  }

  @Test
  void unreadableMemoryIsNoMemory() {
    assertThat(AutoscalerState.ofJson("")).isEqualTo(AutoscalerState.NONE);
    assertThat(AutoscalerState.ofJson("{not json")).isEqualTo(AutoscalerState.NONE);
    assertThat(
            AutoscalerState.ofJson(AutoscalerState.NONE.toJson().replace("{", "{\"later\": 1, "))
                .target())
        .isEqualTo(-1);
  }

  @Test
  void fixedNumberIsTheMinimumWhateverTheLoad() {
    ServiceSpec spec = Specs.fixed(0).build();

    Decision decision =
        Autoscalers.forSpec(spec)
            .decide(new Inputs(load(100), 0, List.of(), spec, AutoscalerState.NONE), NOW);

    assertThat(decision.target()).isZero();
    assertThat(decision.reason()).contains("wants 0 replicas");
  }

  private static ServiceSpec spec(Random random, int min, int max, int spare) {
    Specs specs =
        Specs.between(min, max)
            .overprovision(spare)
            .delays(random.nextInt(3) * 20, random.nextInt(3) * 40);
    return switch (random.nextInt(3)) {
      case 0 -> specs.targetQps(1 + random.nextInt(5)).build();
      case 1 -> specs.autoscaling(Metric.QPS, 1 + random.nextInt(5), 60, 6).build();
      default -> specs.autoscaling(Metric.CONCURRENCY, 1 + random.nextInt(5), 60, 6).build();
    };
  }

  private static LoadWindow load(int qps) {
    LoadWindow window = LoadWindow.of(Replicas.SERVICE, Duration.ofMinutes(1));
    Reports lb = new Reports("lb-1", NOW.minus(Duration.ofDays(1)));
    for (int i = 64; i >= 0; i -= 4) {
      window =
          window.with(lb.arrive(4L * qps).busy(qps, 4000).now(0, qps).send(), NOW.minusSeconds(i));
    }
    return window;
  }
}
