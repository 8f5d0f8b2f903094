package io.fleetserve.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.fixture.Behaviour;
import io.fleetserve.controller.fixture.LoadedService;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
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

  private final Random random = new Random(11);

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
    Behaviour mostlyCalm =
        new Behaviour(
            Duration.ofSeconds(5), 0.02, 0.01, 2e-5, 0, 0, 0.05, 0.02, Duration.ofSeconds(3));
    LoadedService day =
        new LoadedService(new VirtualClock(), new Random(5), mostlyCalm, spec, SLOTS);
    for (int second = 0; second < DAY; second++) {
      if (second == 12 * HOUR) {
        day.service().update(changed(spec));
      }
      if (second == 15 * HOUR) {
        restartController(day);
      }
      day.second(arrivals(second));
      assertThat(day.reason()).isNotBlank();
      assertThat(day.target()).isBetween(0, MAX);
    }
    assertThat(day.service().version(1).everReady()).isTrue();
    assertThat(day.service().state().versions())
        .extracting(version -> version.status().name())
        .containsExactly("RETIRED", "ACTIVE");
    return day;
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

  /// Nothing may be taken away for it.
  private void restartController(LoadedService day) {
    int before = day.target();
    day.restartController();
    for (int i = 0; i < 30; i++) {
      day.second(arrivals(15 * HOUR));
      assertThat(day.target()).isGreaterThanOrEqualTo(before);
    }
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
