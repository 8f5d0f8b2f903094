package io.fleetserve.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpotMix;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.placement.ColdStarts;
import io.fleetserve.controller.placement.Market;
import io.fleetserve.controller.placement.Zones;
import io.fleetserve.controller.spot.MixMemory;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.controller.spot.ZoneView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a mix policy sees of a service's rows and of the market.
final class MixInputsTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final ZoneKey FIRST = new ZoneKey("aws", "east", "a");
  private static final ZoneKey SECOND = new ZoneKey("gcp", "west", "b");
  private static final ZoneKey STEADY = new ZoneKey("aws", "east", "");
  private static final Market ORDERED =
      new Market(
          List.of(new Market.Zone(FIRST, 2, false, 0), new Market.Zone(SECOND, 1, false, 1)),
          new Market.OnDemand(STEADY, 4));

  private final ServiceSpec spec =
      Specs.fixed(2).spot(new SpotMix(SpotMix.Policy.HEDGE, 0.99, false)).build();

  @Test
  void laterCandidateIsLeftAloneWhileTheFirstIsWorthATry() {
    MixPolicy.Inputs in = inputs(ORDERED, MixMemory.NONE, List.of());

    assertThat(view(in, FIRST).blocked()).isFalse();
    assertThat(view(in, SECOND).blocked()).isTrue();
  }

  @Test
  void laterCandidateIsAskedAsSoonAsTheFirstRefusesAndUntilItMayBeBack() {
    Replica refused = spot(1, FIRST, ReplicaStatus.FAILED_PROVISION);
    MixPolicy.Inputs at = inputs(ORDERED, MixMemory.NONE, List.of(refused));
    MixMemory after = MixInputs.policy(spec).decide(at).next();

    MixPolicy.Inputs soon = inputs(ORDERED, after, List.of());
    MixPolicy.Inputs nextDay = inputs(ORDERED, after, List.of(), NOW.plus(Duration.ofDays(1)));

    assertThat(view(at, SECOND).blocked()).isFalse();
    assertThat(view(soon, SECOND).blocked()).isFalse();
    assertThat(view(nextDay, SECOND).blocked()).isTrue();
  }

  @Test
  void blockedFirstCandidateLeavesTheLaterOneOpen() {
    Market market =
        new Market(
            List.of(new Market.Zone(FIRST, 2, true, 0), new Market.Zone(SECOND, 1, false, 1)),
            null);

    assertThat(view(inputs(market, MixMemory.NONE, List.of()), SECOND).blocked()).isFalse();
  }

  @Test
  void skyServesRulesSpreadOverTheZonesOfAllCandidates() {
    ServiceSpec theirs =
        Specs.fixed(2).spot(new SpotMix(SpotMix.Policy.DYNAMIC_FALLBACK, 0.99, false)).build();

    MixPolicy.Inputs in = inputs(theirs, ORDERED, MixMemory.NONE, List.of(), NOW);

    assertThat(in.zones()).noneMatch(ZoneView::blocked);
  }

  @Test
  void startsAreThoseOfEachPlace() {
    ColdStarts learnt =
        ColdStarts.NONE
            .with(FIRST.toString(), Duration.ofSeconds(20))
            .with(STEADY.toString(), Duration.ofSeconds(300));

    MixPolicy.Inputs in =
        MixInputs.of(spec, 2, List.of(), ORDERED, learnt, SpotState.NONE, Set.of(), NOW);

    assertThat(in.coldStart()).isEqualTo(Duration.ofSeconds(300));
    assertThat(view(in, FIRST).coldStart()).isEqualTo(Duration.ofSeconds(20));
    assertThat(view(in, SECOND).coldStart()).isNull();
  }

  @Test
  void withoutAStartOnDemandThoseElsewhereTell() {
    ColdStarts learnt = ColdStarts.NONE.with(FIRST.toString(), Duration.ofSeconds(20));

    MixPolicy.Inputs in =
        MixInputs.of(spec, 2, List.of(), ORDERED, learnt, SpotState.NONE, Set.of(), NOW);
    MixPolicy.Inputs fresh = inputs(ORDERED, MixMemory.NONE, List.of());

    assertThat(in.coldStart()).isEqualTo(Duration.ofSeconds(20));
    assertThat(fresh.coldStart()).isEqualTo(MixInputs.COLD_START);
  }

  @Test
  void endOfAWalltimeIsNoSignOfWant() {
    for (SpotMix.Policy policy : List.of(SpotMix.Policy.HEDGE, SpotMix.Policy.DYNAMIC_FALLBACK)) {
      ServiceSpec service = Specs.fixed(2).spot(new SpotMix(policy, 0.99, false)).build();
      Replica stays = spot(1, FIRST, ReplicaStatus.READY);
      Replica ends = leaving(spot(2, FIRST, ReplicaStatus.READY), true);
      Replica over = leaving(spot(3, FIRST, ReplicaStatus.PREEMPTED), true);

      MixPolicy.Inputs in =
          inputs(service, ORDERED, MixMemory.NONE, List.of(stays, ends, over), NOW);

      ZoneView zone = view(in, FIRST);
      assertThat(zone.noticed()).isFalse();
      assertThat(zone.lost()).isZero();
      assertThat(zone.held()).isEqualTo(1);
      assertThat(MixInputs.leaving(service, List.of(stays, ends, over))).isEmpty();
    }
  }

  @Test
  void noticeIsASignOfWantAndCountsAsALossWhereThePolicyKnowsNoNotices() {
    Replica taken = leaving(spot(1, FIRST, ReplicaStatus.READY), false);
    ServiceSpec theirs =
        Specs.fixed(2).spot(new SpotMix(SpotMix.Policy.DYNAMIC_FALLBACK, 0.99, false)).build();

    ZoneView ours = view(inputs(ORDERED, MixMemory.NONE, List.of(taken)), FIRST);
    ZoneView others = view(inputs(theirs, ORDERED, MixMemory.NONE, List.of(taken), NOW), FIRST);

    assertThat(ours.noticed()).isTrue();
    assertThat(ours.held()).isEqualTo(1);
    assertThat(others.lost()).isEqualTo(1);
    assertThat(others.held()).isZero();
  }

  private MixPolicy.Inputs inputs(Market market, MixMemory memory, List<Replica> replicas) {
    return inputs(market, memory, replicas, NOW);
  }

  private MixPolicy.Inputs inputs(
      Market market, MixMemory memory, List<Replica> replicas, Instant now) {
    return inputs(spec, market, memory, replicas, now);
  }

  private static MixPolicy.Inputs inputs(
      ServiceSpec spec, Market market, MixMemory memory, List<Replica> replicas, Instant now) {
    SpotState state = new SpotState(memory, List.of(), 0, 0, "");
    return MixInputs.of(spec, 2, replicas, market, ColdStarts.NONE, state, Set.of(), now);
  }

  private static ZoneView view(MixPolicy.Inputs in, ZoneKey zone) {
    return in.zones().stream().filter(view -> view.key().equals(zone)).findFirst().orElseThrow();
  }

  private static Replica spot(int id, ZoneKey zone, ReplicaStatus status) {
    return Replicas.in(status, id, 1, NOW).withMachine(Zones.spotMachine(zone));
  }

  private static Replica leaving(Replica replica, boolean own) {
    return replica.withMachine(replica.machine().withPreemptionAt(NOW.plusSeconds(60), NOW, own));
  }
}
