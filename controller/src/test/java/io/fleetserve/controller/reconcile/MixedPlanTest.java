package io.fleetserve.controller.reconcile;

import static io.fleetserve.api.status.ReplicaStatus.FAILED_PROVISION;
import static io.fleetserve.api.status.ReplicaStatus.PREEMPTED;
import static io.fleetserve.api.status.ReplicaStatus.PROVISIONING;
import static io.fleetserve.api.status.ReplicaStatus.READY;
import static io.fleetserve.api.status.ReplicaStatus.STARTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpotMix;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.fixture.States;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.placement.Zones;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Plans of a service whose replicas are mixed over zones and markets.
final class MixedPlanTest {
  private static final Instant NOW = VirtualClock.EPOCH.plusSeconds(3600);
  private static final Instant BEFORE = VirtualClock.EPOCH;
  private static final ZoneKey A = new ZoneKey("sim", "east", "a");
  private static final ZoneKey B = new ZoneKey("sim", "east", "b");
  private static final ServiceSpec SPEC =
      Specs.fixed(2).resources(false, Specs.resources().withUseSpot(true)).drain(300, 10).build();

  @Test
  void launchesWhatEachZoneAndMarketLacks() {
    ServicePlan plan = plan(mix(2, Map.of(A, 2, B, 1), 1), spot(1, A, READY));

    assertThat(wishes(plan)).containsExactly(Wish.ON_DEMAND, Wish.spotIn(A), Wish.spotIn(B));
    assertThat(plan.actions().getFirst().reason())
        .contains("2 spot in sim/east/a, 1 spot in sim/east/b, 1 on demand", "because");
  }

  @Test
  void aMoveMakesBeforeItBreaks() {
    MixTarget moved = mix(2, Map.of(A, 1, B, 1), 0);
    Replica first = spot(1, A, READY);
    Replica second = spot(2, A, READY);

    ServicePlan make = plan(moved, first, second);
    ServicePlan wait = plan(moved, first, second, spot(3, B, STARTING));
    ServicePlan leave = plan(moved, first, second, spot(3, B, READY));

    assertThat(wishes(make)).containsExactly(Wish.spotIn(B));
    assertThat(drains(make)).isEmpty();
    assertThat(wait.actions()).isEmpty();
    assertThat(drains(leave)).containsExactly(2);
  }

  @Test
  void whatIsTooManyAndDoesNotServeGoesAtOnce() {
    ServicePlan plan =
        plan(
            mix(2, Map.of(A, 2), 0),
            spot(1, A, READY),
            spot(2, A, STARTING),
            onDemand(3, STARTING));

    assertThat(drains(plan)).containsExactly(3);
    assertThat(wishes(plan)).isEmpty();
  }

  @Test
  void lostSpotReplicasAreReplacedInOnePlanHoweverMany() {
    ServicePlan plan =
        plan(
            mix(3, Map.of(B, 3), 1),
            spot(1, A, PREEMPTED),
            spot(2, A, PREEMPTED),
            spot(3, A, PREEMPTED));

    assertThat(wishes(plan)).hasSize(4);
  }

  @Test
  void aZoneThatRefusedIsLeftAloneForAWhileAndTheOthersAreNot() {
    MixTarget mix = mix(2, Map.of(A, 1, B, 1), 0);
    Replica refused =
        Replicas.in(FAILED_PROVISION, 1, 1, NOW.minusSeconds(5)).withMachine(Zones.spotMachine(A));

    ServicePlan plan = plan(mix, refused);
    ServicePlan later = planAt(NOW.plusSeconds(15), mix, refused);

    assertThat(wishes(plan)).containsExactly(Wish.spotIn(B));
    assertThat(plan.wake()).contains(NOW.plusSeconds(15));
    assertThat(wishes(later)).containsExactly(Wish.spotIn(A), Wish.spotIn(B));
  }

  @Test
  void aZoneThatRefusedIsAskedForOneFirstAndForTheRestWhenItGaveThat() {
    MixTarget mix = mix(3, Map.of(A, 3), 0);
    Replica refused =
        Replicas.in(FAILED_PROVISION, 1, 1, NOW.minusSeconds(60)).withMachine(Zones.spotMachine(A));
    Replica asked = Replicas.in(PROVISIONING, 2, 1, NOW).withMachine(Zones.spotMachine(A));

    assertThat(wishes(plan(mix, refused))).hasSize(1);
    assertThat(wishes(plan(mix, refused, asked))).isEmpty();
    assertThat(wishes(plan(mix, refused, spot(2, A, STARTING)))).hasSize(2);
    assertThat(wishes(planAt(NOW.plusSeconds(600), mix, refused))).hasSize(3);
  }

  @Test
  void refusalsHoldUpNoLaunchElsewhere() {
    MixTarget mix = mix(2, Map.of(B, 1), 1);
    List<Replica> refusals =
        java.util.stream.IntStream.range(0, 5)
            .mapToObj(i ->
                Replicas.in(FAILED_PROVISION, i + 1, 1, NOW.minusSeconds(1))
                    .withMachine(Zones.spotMachine(A)))
            .toList();

    assertThat(wishes(plan(mix, refusals.toArray(Replica[]::new))))
        .containsExactly(Wish.ON_DEMAND, Wish.spotIn(B));
  }

  @Test
  void onDemandThatNobodyHasHoldsUpNoSpotLaunch() {
    MixTarget mix = mix(2, Map.of(B, 1), 1);

    ServicePlan plan = plan(mix, Replicas.in(FAILED_PROVISION, 1, 1, NOW.minusMillis(10)));

    assertThat(wishes(plan)).containsExactly(Wish.spotIn(B));
    assertThat(plan.wake()).isPresent();
  }

  @Test
  void aNoticeBringsTheReplacementFirstAndTheDrainWhenItServes() {
    MixTarget mix = mix(1, Map.of(B, 1), 0);
    Replica noticed = leaving(spot(1, A, READY), NOW.plusSeconds(120));

    ServicePlan first = plan(mix, noticed);
    ServicePlan then = plan(mix, noticed, spot(2, B, STARTING));
    ServicePlan last = plan(mix, noticed, spot(2, B, READY));

    assertThat(wishes(first)).containsExactly(Wish.spotIn(B));
    assertThat(drains(first)).isEmpty();
    assertThat(drains(then)).isEmpty();
    assertThat(then.wake()).contains(NOW.plusSeconds(90));
    assertThat(drains(last)).containsExactly(1);
  }

  @Test
  void aNoticedReplicaIsDrainedInTimeEvenWithoutAReplacement() {
    Replica noticed = leaving(spot(1, A, READY), NOW.plusSeconds(25));

    ServicePlan plan = plan(mix(1, Map.of(B, 1), 0), noticed, spot(2, B, STARTING));

    assertThat(drains(plan)).containsExactly(1);
    assertThat(plan.actions().getFirst().reason()).contains("its requests must end");
  }

  @Test
  void replacementsOfAWholeZoneComeAtOnceBesideThoseThatLeave() {
    MixTarget mix = mix(3, Map.of(B, 3), 0);

    ServicePlan plan =
        plan(
            mix,
            leaving(spot(1, A, READY), NOW.plusSeconds(120)),
            leaving(spot(2, A, READY), NOW.plusSeconds(120)),
            leaving(spot(3, A, READY), NOW.plusSeconds(120)));

    assertThat(wishes(plan)).containsExactly(Wish.spotIn(B), Wish.spotIn(B), Wish.spotIn(B));
    assertThat(drains(plan)).isEmpty();
  }

  @Test
  void amongEqualsTheLeastBusyGoesThenTheDearestThenTheNewest() {
    MixTarget one = mix(1, Map.of(A, 1), 0);
    Replica cheap = priced(spot(1, A, READY), 1);
    Replica dear = priced(spot(2, A, READY), 2);
    Replica busy = priced(spot(3, A, READY), 3);

    ServiceState state = state(one, SPEC, cheap, dear, busy);
    assertThat(drains(ServicePlanner.plan(States.withLoad(state, load(0, 0, 4)), NOW)))
        .containsExactly(2, 1);
    assertThat(drains(ServicePlanner.plan(States.withLoad(state, load(1, 0, 0)), NOW)))
        .containsExactly(3, 2);
  }

  @Test
  void skyServesKeysKeepSkyServesOrder() {
    ServiceSpec keys =
        Specs.fixed(2)
            .resources(false, Specs.resources().withUseSpot(true))
            .spot(new SpotMix(SpotMix.Policy.DYNAMIC_FALLBACK, 0.99, true))
            .build();
    MixTarget one = mix(1, Map.of(A, 1), 0);
    Replica cheap = priced(spot(1, A, READY), 1);
    Replica dear = priced(spot(2, A, READY), 2);
    Replica newest = priced(spot(3, A, READY), 1);

    ServiceState state = States.withLoad(state(one, keys, cheap, dear, newest), load(0, 0, 4));

    assertThat(drains(ServicePlanner.plan(state, NOW))).containsExactly(3, 2);
  }

  @Test
  void refusedSpotLaunchesAreForgottenSoonAndCrowdOutNoOtherFailure() {
    Replica[] rows = new Replica[30];
    for (int i = 0; i < rows.length; i++) {
      rows[i] =
          Replicas.in(FAILED_PROVISION, i + 1, 1, BEFORE.plusSeconds(i))
              .withMachine(Zones.spotMachine(A));
    }
    rows[0] = Replicas.in(PREEMPTED, 1, 1, BEFORE).withCleanup(rows[1].cleanup());

    ServicePlan plan = plan(mix(0, Map.of(), 0), rows);

    assertThat(
            plan.actions().stream()
                .filter(Action.Forget.class::isInstance)
                .map(action -> ((Action.Forget) action).key().replicaId()))
        .hasSize(24)
        .doesNotContain(1, 26, 30);
  }

  @Test
  void anUpdateKeepsTheMixAndItsFloor() {
    MixTarget mix = mix(2, Map.of(A, 1, B, 1), 1);
    ServiceSpec next =
        Specs.fixed(2)
            .resources(false, Specs.resources().withUseSpot(true))
            .run("exec other")
            .build();
    ServiceState state =
        States.withMix(
            States.of(
                2,
                List.of(
                    States.version(1, VersionStatus.ACTIVE, true, SPEC),
                    States.version(2, VersionStatus.ROLLING_OUT, false, next)),
                List.of(spot(1, A, READY), spot(2, B, READY), onDemand(3, READY))),
            mix);

    ServicePlan plan = ServicePlanner.plan(state, NOW);

    assertThat(drains(plan)).hasSize(1);
    assertThat(wishes(plan)).hasSize(2).startsWith(Wish.ON_DEMAND);
  }

  private static MixTarget mix(int wanted, Map<ZoneKey, Integer> spot, int onDemand) {
    return new MixTarget(spot, onDemand, wanted, "because");
  }

  private static ServicePlan plan(MixTarget mix, Replica... replicas) {
    return planAt(NOW, mix, replicas);
  }

  private static ServicePlan planAt(Instant now, MixTarget mix, Replica... replicas) {
    return ServicePlanner.plan(state(mix, SPEC, replicas), now);
  }

  private static ServiceState state(MixTarget mix, ServiceSpec spec, Replica... replicas) {
    return States.withMix(
        States.of(
            mix.wanted(),
            List.of(States.version(1, VersionStatus.ACTIVE, true, spec)),
            List.of(replicas)),
        mix);
  }

  private static Map<ReplicaKey, Integer> load(int first, int second, int third) {
    return Map.of(Replicas.key(1), first, Replicas.key(2), second, Replicas.key(3), third);
  }

  private static Replica spot(int id, ZoneKey zone, ReplicaStatus status) {
    return Replicas.in(status, id, 1, BEFORE).withMachine(Zones.spotMachine(zone));
  }

  private static Replica onDemand(int id, ReplicaStatus status) {
    return Replicas.in(status, id, 1, BEFORE);
  }

  private static Replica leaving(Replica replica, Instant at) {
    return replica.withMachine(replica.machine().withPreemptionAt(at, at.minusSeconds(120), false));
  }

  private static Replica priced(Replica replica, double price) {
    Machine m = replica.machine();
    return replica.withMachine(
        new Machine(m.provider(), m.region(), m.zone(), "type", "offer", price, m.spot(), null));
  }

  private static List<Wish> wishes(ServicePlan plan) {
    return plan.actions().stream()
        .filter(Action.Launch.class::isInstance)
        .map(action -> ((Action.Launch) action).wish())
        .toList();
  }

  private static List<Integer> drains(ServicePlan plan) {
    return plan.actions().stream()
        .filter(Action.Drain.class::isInstance)
        .map(action -> ((Action.Drain) action).key().replicaId())
        .toList();
  }
}
