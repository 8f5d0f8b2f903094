package io.fleetserve.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.fixture.Behaviour;
import io.fleetserve.controller.fixture.LoadedService;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A day of load through autoscaler, planner, state machine and load window together, second by
/// second: nights without a request, a morning, a noon peak, two bursts, an update at noon, a
/// restart of the controller in the afternoon, and servers that die now and then.
final class DayOfLoadTest {
  /// One replica works on four requests at once, a second each.
  private static final int SLOTS = 4;

  private static final int MAX = 10;

  /// Seconds; a quarter of a real one keeps the test short.
  private static final int HOUR = 900;

  private static final int DAY = 24 * HOUR;

  private Random random = new Random(11);

  @Test
  void concurrencyFollowsTheDayAndSleepsAtNight() {
    LoadedService day =
        live(
            Specs.between(0, MAX).autoscaling(Metric.CONCURRENCY, 3, 60, 6).delays(0, 300).build());

    assertThat(day.served()).isEqualTo(day.arrived());
    // Work itself is one second a request: on average less than half a second is spent waiting.
    assertThat((double) day.requestSeconds() / day.arrived()).isLessThan(1.5);
    assertThat(day.mostAlive()).isLessThanOrEqualTo(MAX + 1);
    assertThat(day.replicaSeconds()).isLessThan((long) MAX * DAY / 2);
    assertThat(day.turns()).as("changes of direction").isLessThanOrEqualTo(60);
    assertThat(day.target()).isZero();
  }

  @Test
  void requestRateFollowsTheDayAndSleepsAtNight() {
    LoadedService day = live(Specs.between(0, MAX).targetQps(3).delays(40, 600).build());

    assertThat(day.served()).isEqualTo(day.arrived());
    assertThat(day.mostAlive()).isLessThanOrEqualTo(MAX + 1);
    assertThat(day.replicaSeconds()).isLessThan((long) MAX * DAY / 2);
    assertThat(day.turns()).as("changes of direction").isLessThanOrEqualTo(60);
    assertThat(day.target()).isZero();
  }

  private LoadedService live(ServiceSpec spec) {
    LoadedService undisturbed = start(spec);
    pass(undisturbed, spec, 0, 15 * HOUR);
    List<Integer> without = halfAMinute(undisturbed);

    random = new Random(11);
    LoadedService day = start(spec);
    pass(day, spec, 0, 15 * HOUR);
    day.restartController();
    List<Integer> with = halfAMinute(day);
    for (int second = 0; second < with.size(); second++) {
      // Nothing may be taken away for it.
      assertThat(with.get(second)).as(day.reason()).isGreaterThanOrEqualTo(without.get(second));
    }
    pass(day, spec, 15 * HOUR, DAY);
    assertThat(day.service().version(1).everReady()).isTrue();
    assertThat(day.service().state().versions())
        .extracting(version -> version.status().name())
        .containsExactly("RETIRED", "ACTIVE");
    return day;
  }

  private static LoadedService start(ServiceSpec spec) {
    Behaviour mostlyCalm =
        new Behaviour(
            Duration.ofSeconds(5), 0.02, 0.01, 2e-5, 0, 0, 0.05, 0.02, Duration.ofSeconds(3));
    return new LoadedService(new VirtualClock(), new Random(5), mostlyCalm, spec, SLOTS);
  }

  private void pass(LoadedService day, ServiceSpec spec, int from, int until) {
    for (int second = from; second < until; second++) {
      if (second == 12 * HOUR) {
        day.service().update(changed(spec));
      }
      day.second(arrivals(second));
      assertThat(day.reason()).isNotBlank();
      assertThat(day.target()).isBetween(0, MAX);
    }
  }

  /// What is wanted in each second of it.
  private List<Integer> halfAMinute(LoadedService day) {
    List<Integer> targets = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      day.second(arrivals(15 * HOUR));
      targets.add(day.target());
    }
    return targets;
  }

  private static ServiceSpec changed(ServiceSpec spec) {
    return new ServiceSpec(
        spec.name(),
        spec.service(),
        spec.resources(),
        false,
        1,
        spec.envs(),
        spec.secrets(),
        null,
        spec.fileMounts(),
        null,
        "exec v2",
        spec.other());
  }

  /// Requests of one second: Poisson around the curve of the day.
  private int arrivals(int second) {
    double hour = second / (double) HOUR;
    double mean;
    if (hour < 6 || hour > 22) {
      mean = 0;
    } else {
      mean = 12 * Math.pow(Math.sin(Math.PI * (hour - 6) / 16), 2);
    }
    boolean burst = (hour > 9 && hour < 9.02) || (hour > 17 && hour < 17.05);
    return poisson(burst ? mean + 15 : mean);
  }

  private int poisson(double mean) {
    double limit = Math.exp(-mean);
    int count = -1;
    double product = 1;
    do {
      product *= random.nextDouble();
      count++;
    } while (product > limit);
    return count;
  }
}
