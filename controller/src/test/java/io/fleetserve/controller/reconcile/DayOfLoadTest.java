package io.fleetserve.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.autoscale.Autoscaler;
import io.fleetserve.controller.autoscale.Autoscaler.Decision;
import io.fleetserve.controller.autoscale.Autoscaler.Inputs;
import io.fleetserve.controller.autoscale.AutoscalerState;
import io.fleetserve.controller.autoscale.Autoscalers;
import io.fleetserve.controller.fixture.Behaviour;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Reports;
import io.fleetserve.controller.fixture.SimulatedService;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.load.LoadWindow;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
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

  private final VirtualClock clock = new VirtualClock();
  private final Random random = new Random(11);
  private final Reports reports = new Reports("lb-1", VirtualClock.EPOCH);
  private LoadWindow window = LoadWindow.of(Replicas.SERVICE, Duration.ofMinutes(1));
  private AutoscalerState memory = AutoscalerState.NONE;
  private Instant decideAt = VirtualClock.EPOCH;
  private ServiceSpec spec = Specs.fixed(1).build();
  private int target;
  private int reversals;
  private int lastDirection;
  private long arrived;
  private long served;
  private long waiting;
  private long requestSeconds;
  private long replicaSeconds;
  private int mostAlive;

  @Test
  void concurrencyFollowsTheDayAndSleepsAtNight() {
    live(Specs.between(0, MAX).autoscaling(Metric.CONCURRENCY, 3, 60, 6).delays(0, 300).build());

    assertThat(served).isEqualTo(arrived);
    // Work itself is one second a request: on average less than half a second is spent waiting.
    assertThat((double) requestSeconds / arrived).isLessThan(1.5);
    assertThat(mostAlive).isLessThanOrEqualTo(MAX + 1);
    assertThat(replicaSeconds).isLessThan((long) MAX * DAY / 2);
    assertThat(reversals).as("changes of direction").isLessThanOrEqualTo(60);
    assertThat(target).isZero();
  }

  @Test
  void requestRateFollowsTheDayAndSleepsAtNight() {
    live(Specs.between(0, MAX).targetQps(3).delays(40, 600).build());

    assertThat(served).isEqualTo(arrived);
    assertThat(mostAlive).isLessThanOrEqualTo(MAX + 1);
    assertThat(replicaSeconds).isLessThan((long) MAX * DAY / 2);
    assertThat(reversals).as("changes of direction").isLessThanOrEqualTo(60);
    assertThat(target).isZero();
  }

  private void live(ServiceSpec first) {
    spec = first;
    target = Autoscalers.initialTarget(spec);
    Behaviour mostlyCalm =
        new Behaviour(
            Duration.ofSeconds(5), 0.02, 0.01, 2e-5, 0, 0, 0.05, 0.02, Duration.ofSeconds(3));
    SimulatedService service = new SimulatedService(clock, new Random(5), mostlyCalm, spec, target);
    for (int second = 0; second < DAY; second++) {
      if (second == 12 * HOUR) {
        service.update(
            new ServiceSpec(
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
                spec.other()));
      }
      if (second == 15 * HOUR) {
        restartController(service);
      }
      second(service, arrivals(second));
    }
    assertThat(service.version(1).everReady()).isTrue();
    assertThat(service.state().versions())
        .extracting(version -> version.status().name())
        .containsExactly("RETIRED", "ACTIVE");
  }

  private void second(SimulatedService service, int arrivals) {
    service.pass(Duration.ofSeconds(1));
    int ready = (int) service.state().replicas().stream().filter(r -> r.isReady()).count();
    arrived += arrivals;
    waiting += arrivals;
    long running = Math.min(waiting, (long) ready * SLOTS);
    requestSeconds += waiting;
    reports
        .arrive(arrivals)
        .busy((double) waiting, 1000)
        .now((int) (waiting - running), (int) running);
    waiting -= running;
    served += running;
    window = window.with(reports.send(), clock.instant());
    decide(service);
    service.carryOut(service.plan());
    int alive = (int) service.state().replicas().stream().filter(r -> r.status().isAlive()).count();
    mostAlive = Math.max(mostAlive, alive);
    replicaSeconds += alive;
  }

  private void decide(SimulatedService service) {
    boolean wakes = target == 0 && window.held() > 0;
    if (!wakes && clock.instant().isBefore(decideAt)) {
      return;
    }
    Autoscaler autoscaler = Autoscalers.forSpec(spec);
    Decision decision =
        autoscaler.decide(
            new Inputs(window, target, service.state().replicas(), spec, memory), clock.instant());
    if (decision.target() != target) {
      int direction = Integer.signum(decision.target() - target);
      if (direction != lastDirection) {
        reversals++;
      }
      lastDirection = direction;
      assertThat(decision.reason()).isNotBlank();
      assertThat(decision.target()).isBetween(0, MAX);
    }
    target = decision.target();
    memory = decision.next();
    decideAt = clock.instant().plus(autoscaler.period(target));
    service.scale(target);
  }

  /// Measurements are lost, the stored memory is read again; nothing may be taken away for it.
  private void restartController(SimulatedService service) {
    int before = target;
    service.restartController();
    memory = AutoscalerState.ofJson(memory.toJson());
    window = LoadWindow.of(Replicas.SERVICE, Duration.ofMinutes(1));
    decideAt = clock.instant();
    for (int i = 0; i < 30; i++) {
      second(service, arrivals(15 * HOUR));
      assertThat(target).isGreaterThanOrEqualTo(before);
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
