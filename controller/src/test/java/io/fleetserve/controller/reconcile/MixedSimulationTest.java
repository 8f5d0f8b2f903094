package io.fleetserve.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.fixture.Behaviour;
import io.fleetserve.controller.fixture.SimulatedService;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.placement.Zones;
import io.fleetserve.controller.rollout.Versions;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Services whose mix changes all the time, through hundreds of random lives: zones that sell out
/// and take back what they gave, with and without notice, updates, crashes, lost answers.
final class MixedSimulationTest {
  private static final int LIVES = 40;
  private static final int STEPS = 100;
  private static final int ROUNDS = 12;
  private static final List<ZoneKey> ZONES =
      List.of(
          new ZoneKey("sim", "east", "a"),
          new ZoneKey("sim", "east", "b"),
          new ZoneKey("sim", "west", "c"));

  @Test
  void keepsItsPromisesThroughRandomLives() {
    for (long seed = 1; seed <= LIVES; seed++) {
      new Life(seed).run();
    }
  }

  private static final class Life {
    private final long seed;
    private final Random random;
    private final int surge;
    private final SimulatedService service;
    private int revision;

    Life(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.surge = random.nextInt(3);
      this.service = new SimulatedService(new VirtualClock(), random, Behaviour.WILD, spec(), 0);
      service.mix(someMix());
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        disturb();
        turn(Duration.ofMillis(100 + random.nextInt(5000)));
      }
      service.behave(Behaviour.CALM);
      service.soldOut(Set.of());
      MixTarget last = someMix();
      service.mix(last);
      settle(last);
    }

    private ServiceSpec spec() {
      return Specs.between(0, 5)
          .resources(false, Specs.resources().withUseSpot(true))
          .rollout(Rollout.Mode.ROLLING, surge, surge == 0 ? 1 : 0)
          .run("exec v" + revision)
          .build();
    }

    private MixTarget someMix() {
      Map<ZoneKey, Integer> spot = new TreeMap<>();
      for (ZoneKey zone : ZONES) {
        int count = random.nextInt(3);
        if (count > 0) {
          spot.put(zone, count);
        }
      }
      int onDemand = random.nextInt(3);
      int total = onDemand + spot.values().stream().mapToInt(Integer::intValue).sum();
      return new MixTarget(spot, onDemand, total == 0 ? 0 : random.nextInt(total + 1), "random");
    }

    private void disturb() {
      switch (random.nextInt(20)) {
        case 0, 1, 2 -> service.mix(someMix());
        case 3 ->
            service.soldOut(
                ZONES.stream().filter(zone -> random.nextBoolean()).collect(Collectors.toSet()));
        case 4 ->
            service.takeBack(
                ZONES.get(random.nextInt(ZONES.size())), Duration.ofSeconds(random.nextInt(120)));
        case 5 -> service.restartController();
        case 6 -> {
          revision++;
          service.update(spec());
        }
        default -> {}
      }
    }

    private void turn(Duration time) {
      service.pass(time);
      ServiceState before = service.state();
      ServicePlan plan = service.plan();
      assertThat(service.plan()).as(this::story).isEqualTo(plan);

      service.carryOut(plan);
      ServiceState after = service.state();
      launchesStayWithinTheLimit(plan, after);
      launchesKeepAwayFromZonesThatRefused(plan, before);
      drainsLeaveEnoughReady(plan, before, after);
      settlesWithinAFewRounds();
    }

    private void launchesStayWithinTheLimit(ServicePlan plan, ServiceState after) {
      if (plan.actions().stream().noneMatch(Action.Launch.class::isInstance)) {
        return;
      }
      assertThat(staying(after).size())
          .as(this::story)
          .isLessThanOrEqualTo(mix(after).total() + Math.max(1, surge));
    }

    private void launchesKeepAwayFromZonesThatRefused(ServicePlan plan, ServiceState before) {
      Instant now = service.now();
      for (Action action : plan.actions()) {
        if (action instanceof Action.Launch launch && launch.wish().only() != null) {
          assertThat(before.replicas())
              .as(this::story)
              .noneMatch(replica ->
                  replica.status() == ReplicaStatus.FAILED_PROVISION
                      && Wish.spotIn(Zones.of(replica.machine())).equals(launch.wish())
                      && replica.machine().spot()
                      && now.isBefore(replica.statusSince().plus(MixedSpread.PAUSE)));
        }
      }
    }

    private void drainsLeaveEnoughReady(ServicePlan plan, ServiceState before, ServiceState after) {
      if (plan.actions().stream().noneMatch(Action.Drain.class::isInstance)) {
        return;
      }
      int floor = mix(after).wanted() - (surge == 0 ? 1 : 0);
      assertThat(ready(staying(after)))
          .as(this::story)
          .isGreaterThanOrEqualTo(Math.min(ready(staying(before)), floor));
    }

    /// What a plan brings about may call for another one (a zone refuses, another one is next), but
    /// not for many.
    private void settlesWithinAFewRounds() {
      for (int round = 0; round < ROUNDS; round++) {
        ServicePlan plan = service.plan();
        if (plan.actions().stream()
            .noneMatch(action ->
                action instanceof Action.Launch
                    || action instanceof Action.Drain
                    || action instanceof Action.Relabel)) {
          return;
        }
        ServiceState before = service.state();
        service.carryOut(plan);
        launchesStayWithinTheLimit(plan, service.state());
        drainsLeaveEnoughReady(plan, before, service.state());
      }
      throw new AssertionError("does not settle\n" + story());
    }

    /// Turns until every zone and market has exactly what is wanted: it must come, and last.
    private void settle(MixTarget wanted) {
      int quiet = 0;
      for (int step = 0; step < 3000 && quiet < 30; step++) {
        turn(Duration.ofSeconds(1));
        MixTarget due =
            Versions.desired(service.state().versions()).isEmpty()
                ? new MixTarget(Map.of(), 0, 0, "every version failed")
                : wanted;
        boolean rests =
            service.plan().actions().isEmpty()
                && byGroup(service.state()).equals(byGroup(due))
                && service.machines() == due.total();
        quiet = rests ? quiet + 1 : 0;
      }
      assertThat(quiet).as(this::story).isEqualTo(30);
    }

    private static Map<Optional<ZoneKey>, Integer> byGroup(ServiceState state) {
      Map<Optional<ZoneKey>, Integer> counts = new HashMap<>();
      state.replicas().stream()
          .filter(Replica::isReady)
          .forEach(replica -> counts.merge(MixedSpread.group(replica), 1, Integer::sum));
      return counts;
    }

    private static Map<Optional<ZoneKey>, Integer> byGroup(MixTarget mix) {
      Map<Optional<ZoneKey>, Integer> counts = new HashMap<>();
      mix.spot().forEach((zone, count) -> counts.put(Optional.of(zone), count));
      if (mix.onDemand() > 0) {
        counts.put(Optional.empty(), mix.onDemand());
      }
      return counts;
    }

    private static MixTarget mix(ServiceState state) {
      MixTarget mix = state.mix();
      assertThat(mix).isNotNull();
      return java.util.Objects.requireNonNull(mix);
    }

    /// Live replicas that no provider takes back.
    private static List<Replica> staying(ServiceState state) {
      return state.replicas().stream()
          .filter(replica -> replica.status().isAlive() && !replica.machine().leaving())
          .toList();
    }

    private static int ready(List<Replica> replicas) {
      return (int) replicas.stream().filter(Replica::isReady).count();
    }

    private String story() {
      return "seed %d, surge %d, %s\n%s\n"
          .formatted(seed, surge, service.state().mix(), String.join("\n", service.log()));
    }
  }
}
