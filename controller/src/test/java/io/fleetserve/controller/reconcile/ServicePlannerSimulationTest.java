package io.fleetserve.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.controller.fixture.Behaviour;
import io.fleetserve.controller.fixture.SimulatedService;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.rollout.Versions;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A whole service in a loop, through hundreds of random lives.
final class ServicePlannerSimulationTest {
  private static final int LIVES = 100;
  private static final int STEPS = 100;

  /// Updates (good, broken, in place), scaling, kills, preemptions, lost answers, failed clean-ups,
  /// deaf agents and controller restarts, at random; then calm, then the end.
  @ParameterizedTest
  @EnumSource(Rollout.Mode.class)
  void keepsItsPromisesThroughRandomLives(Rollout.Mode mode) {
    for (long seed = 1; seed <= LIVES; seed++) {
      Random random = new Random(seed);
      VirtualClock clock = new VirtualClock();
      int surge = random.nextInt(3);
      int unavailable = surge == 0 ? 1 + random.nextInt(2) : random.nextInt(3);
      Life life = new Life(mode, surge, unavailable, random, seed);
      SimulatedService service =
          new SimulatedService(clock, random, Behaviour.WILD, life.spec(), random.nextInt(5));

      for (int step = 0; step < STEPS; step++) {
        life.disturb(service);
        life.turn(service, Duration.ofMillis(100 + random.nextInt(5000)));
      }
      service.behave(Behaviour.CALM);
      life.settle(service);
      life.finish(service);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 10})
  void calmServiceStartsExactlyWhatIsWantedAndThenRests(int target) {
    SimulatedService service =
        new SimulatedService(
            new VirtualClock(), new Random(1), Behaviour.CALM, Specs.fixed(target).build(), target);
    Life life = new Life(Rollout.Mode.ROLLING, 1, 0, new Random(1), 1);

    life.settle(service);

    assertThat(service.launches()).isEqualTo(target);
    assertThat(service.machines()).isEqualTo(target);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void fixedPortOfASharedHostIsNeverUsedTwice(int updates) {
    VirtualClock clock = new VirtualClock();
    SimulatedService service =
        new SimulatedService(
            clock, new Random(updates), Behaviour.CALM, Specs.fixed(1).port(8080).build(), 1, true);
    Life life = new Life(Rollout.Mode.ROLLING, 0, 1, new Random(updates), updates);

    life.settle(service);
    for (int i = 0; i < updates; i++) {
      service.update(Specs.fixed(1).port(8080).run("exec v" + i).build());
      for (int step = 0; step < 60; step++) {
        life.turn(service, Duration.ofSeconds(1));
        assertThat(service.machines()).isLessThanOrEqualTo(1);
      }
    }

    life.settle(service);
    assertThat(service.launches()).isEqualTo(updates + 1);
  }

  /// One life: what may happen, and what must hold at every turn.
  private static final class Life {
    private final Rollout.Mode mode;
    private final int surge;
    private final int unavailable;
    private final Random random;
    private final long seed;
    private int revision;

    Life(Rollout.Mode mode, int surge, int unavailable, Random random, long seed) {
      this.mode = mode;
      this.surge = surge;
      this.unavailable = unavailable;
      this.random = random;
      this.seed = seed;
    }

    ServiceSpec spec() {
      return Specs.between(0, 5).rollout(mode, surge, unavailable).run("exec v" + revision).build();
    }

    void disturb(SimulatedService service) {
      switch (random.nextInt(40)) {
        case 0 -> {
          revision++;
          service.update(spec());
        }
        case 1 -> {
          revision++;
          service.updateToBroken(spec());
        }
        case 2 ->
            service.update(
                Specs.between(0, 5)
                    .rollout(mode, surge, unavailable)
                    .run("exec v" + revision)
                    .probe("/" + random.nextInt(100))
                    .build());
        case 3, 4, 5 -> service.scale(random.nextInt(6));
        case 6 -> service.restartController();
        default -> {}
      }
    }

    void turn(SimulatedService service, Duration time) {
      service.pass(time);
      ServiceState before = service.state();
      ServicePlan plan = service.plan();
      assertThat(service.plan()).as(() -> story(service)).isEqualTo(plan);

      service.carryOut(plan);
      ServiceState after = service.state();
      launchesStayWithinTheLimit(service, plan, after);
      drainsLeaveEnoughReady(service, plan, before, after);
      boolean madeRoom = plan.actions().stream().anyMatch(Action.Terminate.class::isInstance);
      if (!(after.sharedHost() && madeRoom)) {
        planIsAFixedPoint(service);
      }
    }

    private void launchesStayWithinTheLimit(
        SimulatedService service, ServicePlan plan, ServiceState after) {
      if (plan.actions().stream().noneMatch(Action.Launch.class::isInstance)) {
        return;
      }
      int limit = after.target() + (mode == Rollout.Mode.ROLLING ? surge : after.target());
      long alive = after.replicas().stream().filter(r -> r.status().isAlive()).count();
      // In blue-green a third version's replicas may still be on their way out.
      long others = mode == Rollout.Mode.ROLLING ? 0 : thirdVersions(after);
      assertThat(alive - others).as(() -> story(service)).isLessThanOrEqualTo(limit);
    }

    private static long thirdVersions(ServiceState state) {
      ServiceVersion desired = Versions.desired(state.versions()).orElseThrow();
      int serving =
          Versions.before(state.versions(), desired).map(ServiceVersion::number).orElse(0);
      return state.replicas().stream()
          .filter(r -> r.status().isAlive())
          .filter(r -> r.version() != desired.number() && r.version() != serving)
          .count();
    }

    private void drainsLeaveEnoughReady(
        SimulatedService service, ServicePlan plan, ServiceState before, ServiceState after) {
      if (before.service().ending()
          || plan.actions().stream().noneMatch(Action.Drain.class::isInstance)) {
        return;
      }
      int floor = after.target() - (mode == Rollout.Mode.ROLLING ? unavailable : 0);
      long readyBefore = ready(before);
      assertThat(ready(after))
          .as(() -> story(service))
          .isGreaterThanOrEqualTo(Math.min(readyBefore, floor));
    }

    private void planIsAFixedPoint(SimulatedService service) {
      List<Action> again =
          service.plan().actions().stream()
              .filter(action ->
                  action instanceof Action.Launch
                      || action instanceof Action.Drain
                      || action instanceof Action.Relabel
                      || action instanceof Action.SetVersionStatus)
              .toList();
      assertThat(again).as(() -> story(service)).isEmpty();
    }

    /// Turns until nothing is left to do: it must come, and it must last.
    void settle(SimulatedService service) {
      int quiet = 0;
      for (int step = 0; step < 3000 && quiet < 30; step++) {
        turn(service, Duration.ofSeconds(1));
        ServiceState state = service.state();
        boolean rests =
            service.plan().actions().isEmpty()
                && ready(state) == wanted(state)
                && service.machines() == wanted(state);
        quiet = rests ? quiet + 1 : 0;
      }
      assertThat(quiet).as(() -> story(service)).isEqualTo(30);
      ServiceState state = service.state();
      ServiceCondition condition = ServiceStatusRule.of(state, service.now());
      if (Versions.desired(state.versions()).isEmpty()) {
        assertThat(condition.status()).isEqualTo(ServiceStatus.FAILED);
      } else {
        assertThat(condition.status())
            .isEqualTo(state.target() == 0 ? ServiceStatus.NO_REPLICA : ServiceStatus.READY);
        Set<Integer> running = new HashSet<>();
        state.replicas().stream().filter(Replica::isReady).forEach(r -> running.add(r.version()));
        int desired = Versions.desired(state.versions()).orElseThrow().number();
        assertThat(running).as(() -> story(service)).isSubsetOf(desired);
      }
    }

    void finish(SimulatedService service) {
      service.end();
      for (int step = 0; step < 2000 && !service.ended(); step++) {
        turn(service, Duration.ofSeconds(1));
      }
      assertThat(service.ended()).as(() -> story(service)).isTrue();
      assertThat(service.machines()).isZero();
    }

    private static int wanted(ServiceState state) {
      return Versions.desired(state.versions()).isEmpty() ? 0 : state.target();
    }

    private static long ready(ServiceState state) {
      return state.replicas().stream().filter(Replica::isReady).count();
    }

    private String story(SimulatedService service) {
      return "seed %d, %s, surge %d, unavailable %d\n%s\n"
          .formatted(seed, mode, surge, unavailable, String.join("\n", service.log()));
    }
  }
}
