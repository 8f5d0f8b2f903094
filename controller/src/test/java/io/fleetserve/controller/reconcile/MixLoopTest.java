package io.fleetserve.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpotMix;
import io.fleetserve.controller.fixture.Behaviour;
import io.fleetserve.controller.fixture.SimulatedService;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.placement.ColdStarts;
import io.fleetserve.controller.placement.Market;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The whole loop of a service on spot machines in virtual time: rows, policy, planner, state
/// machine, and zones that come and go.
final class MixLoopTest {
  private static final int WANTED = 3;
  private static final Duration STEP = Duration.ofSeconds(5);
  private static final ZoneKey A = new ZoneKey("sim", "east", "a");
  private static final ZoneKey B = new ZoneKey("sim", "east", "b");
  private static final ZoneKey C = new ZoneKey("sim", "west", "c");
  private static final Market MARKET =
      new Market(
          List.of(
              new Market.Zone(A, 1, false, 0),
              new Market.Zone(B, 1.1, false, 0),
              new Market.Zone(C, 1.2, false, 0)),
          new Market.OnDemand(new ZoneKey("sim", "east", ""), 3.5));

  private static final ColdStarts STARTS = ColdStarts.NONE.with("sim/east", Duration.ofSeconds(60));

  @ParameterizedTest
  @EnumSource(SpotMix.Policy.class)
  void servesThroughALossANoticeAndAShortage(SpotMix.Policy policy) {
    Loop loop = new Loop(policy, 1);
    loop.run(Duration.ofMinutes(30));
    assertThat(loop.ready()).as(loop::story).isGreaterThanOrEqualTo(WANTED);

    for (ZoneKey zone : List.of(A, B, C)) {
      loop.service.soldOut(Set.of(zone));
      loop.service.takeBack(zone, Duration.ZERO);
      loop.run(Duration.ofMinutes(5));
      assertThat(loop.ready()).as(loop::story).isGreaterThanOrEqualTo(WANTED);
    }

    loop.service.soldOut(Set.of(A, B, C));
    for (ZoneKey zone : List.of(A, B, C)) {
      loop.service.takeBack(zone, Duration.ZERO);
    }
    int before = loop.service.launches();
    loop.run(Duration.ofMinutes(30));
    assertThat(loop.ready()).as(loop::story).isGreaterThanOrEqualTo(WANTED);
    assertThat(loop.service.launches() - before)
        .as("launches in half an hour without spot\n%s", loop.story())
        .isLessThan(300);

    loop.service.soldOut(Set.of());
    loop.run(Duration.ofHours(3));
    assertThat(loop.ready()).as(loop::story).isGreaterThanOrEqualTo(WANTED);
    if (policy != SpotMix.Policy.ONDEMAND) {
      assertThat(loop.spotReady()).as("spot serves again\n%s", loop.story()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(SpotMix.Policy.class)
  void aNoticeCostsNoReadyReplica(SpotMix.Policy policy) {
    Loop loop = new Loop(policy, 2);
    loop.run(Duration.ofMinutes(30));
    ZoneKey used =
        loop.service.state().replicas().stream()
            .filter(replica -> replica.machine().spot() && replica.isReady())
            .map(replica -> MixedSpread.group(replica).orElseThrow())
            .findFirst()
            .orElse(A);
    loop.service.soldOut(Set.of(used));

    loop.service.takeBack(used, Duration.ofSeconds(120));
    for (int i = 0; i < 60; i++) {
      loop.run(STEP);
      assertThat(loop.ready()).as(loop::story).isGreaterThanOrEqualTo(WANTED);
    }
  }

  @ParameterizedTest
  @EnumSource(SpotMix.Policy.class)
  void updatesDoNotBlowTheMixUp(SpotMix.Policy policy) {
    Loop loop = new Loop(policy, 3);
    loop.run(Duration.ofMinutes(30));
    int before = loop.alive();

    for (int i = 1; i <= 3; i++) {
      loop.update("exec v" + i);
      for (int step = 0; step < 120; step++) {
        loop.run(STEP);
        assertThat(loop.alive()).as(loop::story).isLessThanOrEqualTo(2 * (before + 1));
        assertThat(loop.ready()).as(loop::story).isGreaterThanOrEqualTo(WANTED);
      }
    }

    loop.run(Duration.ofMinutes(30));
    assertThat(loop.alive()).as(loop::story).isLessThanOrEqualTo(before + 2);
  }

  /// What the controller does for a service, without its store and threads.
  private static final class Loop {
    private final SpotMix.Policy policy;
    private final Set<ReplicaKey> seen = new HashSet<>();
    private final VirtualClock clock = new VirtualClock();
    private final SimulatedService service;
    private ServiceSpec spec;
    private SpotState state = SpotState.NONE;
    private Instant nextAt = Instant.EPOCH;
    private int launches;

    Loop(SpotMix.Policy policy, long seed) {
      this.policy = policy;
      this.spec = spec("exec v0");
      this.service =
          new SimulatedService(
              clock,
              new Random(seed),
              Behaviour.CALM.startingIn(Duration.ofSeconds(60)),
              spec,
              WANTED);
    }

    private ServiceSpec spec(String run) {
      return Specs.fixed(WANTED)
          .resources(false, Specs.resources().withUseSpot(true))
          .spot(new SpotMix(policy, 0.99, true))
          .dynamicFallback()
          .run(run)
          .build();
    }

    void update(String run) {
      spec = spec(run);
      service.update(spec);
    }

    void run(Duration time) {
      Instant end = clock.instant().plus(time);
      while (clock.instant().isBefore(end)) {
        service.pass(STEP);
        for (int round = 0; round < 4; round++) {
          decide();
          service.carryOut(service.plan());
        }
      }
    }

    private void decide() {
      List<Replica> rows = service.state().replicas();
      boolean news = !MixInputs.news(spec, rows, state.memory(), seen).isEmpty();
      if (!news && clock.instant().isBefore(nextAt) && launches == service.launches()) {
        return;
      }
      launches = service.launches();
      nextAt = clock.instant().plusSeconds(30);
      MixPolicy.Inputs inputs =
          MixInputs.of(spec, WANTED, rows, MARKET, STARTS, state, seen, clock.instant());
      MixInputs.news(spec, rows, state.memory(), seen).forEach(row -> seen.add(row.key()));
      state =
          SpotState.of(
              MixInputs.policy(spec).decide(inputs),
              inputs.wanted(),
              true,
              MixInputs.leaving(spec, rows));
      service.mix(state.target().orElseThrow());
    }

    int ready() {
      return (int) service.state().replicas().stream().filter(Replica::isReady).count();
    }

    int spotReady() {
      return (int)
          service.state().replicas().stream()
              .filter(replica -> replica.isReady() && replica.machine().spot())
              .count();
    }

    int alive() {
      return (int)
          service.state().replicas().stream().filter(replica -> replica.status().isAlive()).count();
    }

    String story() {
      return policy + ", " + state + "\n" + String.join("\n", service.log());
    }
  }
}
