package io.fleetserve.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.fixture.Behaviour;
import io.fleetserve.controller.fixture.SimulatedService;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// D.B-21: replicas at work on streams of up to ten minutes, when fewer are wanted and then more
/// again.
final class LongStreamsTest {
  private static final Behaviour STREAMS =
      new Behaviour(Duration.ofSeconds(3), 0, 0, 0, 0, 0, 0, 0, Duration.ofMinutes(10));
  private static final int BUSY = 6;

  /// Replicas that were told to stop before their last stream had ended.
  private final List<Action.Stop> cut = new ArrayList<>();

  @Test
  void drainWaitsForTheLastStream() {
    SimulatedService service = service(900);

    service.scale(2);
    run(service, 900);

    assertThat(cut).isEmpty();
    assertThat(service.machines()).isEqualTo(2);
  }

  @Test
  void streamsLongerThanTheDrainTimeoutAreCut() {
    SimulatedService service = service(30);

    service.scale(2);
    run(service, 900);

    assertThat(cut).isNotEmpty();
  }

  @Test
  void replicasThatStillDrainServeAgainAtOnce() {
    SimulatedService service = service(900);

    service.scale(2);
    run(service, 1);
    assertThat(ready(service)).isEqualTo(2);
    service.scale(BUSY);
    run(service, 1);

    assertThat(ready(service)).as("no cold start").isEqualTo(BUSY);
    assertThat(service.launches()).isEqualTo(BUSY);
    run(service, 900);
    assertThat(cut).isEmpty();
    assertThat(service.machines()).isEqualTo(BUSY);
  }

  private SimulatedService service(int drainSeconds) {
    SimulatedService service =
        new SimulatedService(
            new VirtualClock(),
            new Random(7),
            STREAMS,
            Specs.between(0, BUSY).drain(drainSeconds, 10).build(),
            BUSY);
    run(service, 30);
    assertThat(ready(service)).isEqualTo(BUSY);
    return service;
  }

  private void run(SimulatedService service, int seconds) {
    for (int second = 0; second < seconds; second++) {
      service.pass(Duration.ofSeconds(1));
      ServicePlan plan = service.plan();
      ServiceState state = service.state();
      plan.actions().stream()
          .filter(Action.Stop.class::isInstance)
          .map(Action.Stop.class::cast)
          .filter(stop -> isServing(state, stop) && !state.drained().contains(stop.key()))
          .forEach(cut::add);
      service.carryOut(plan);
    }
  }

  private static boolean isServing(ServiceState state, Action.Stop stop) {
    return state.replicas().stream()
        .filter(replica -> replica.key().equals(stop.key()))
        .allMatch(replica -> replica.cleanup().stopSentAt() == null);
  }

  private static long ready(SimulatedService service) {
    return service.state().replicas().stream().filter(Replica::isReady).count();
  }
}
