package io.fleetserve.controller.spot;

import static io.fleetserve.controller.spot.Mixes.A;
import static io.fleetserve.controller.spot.Mixes.B;
import static io.fleetserve.controller.spot.Mixes.C;
import static io.fleetserve.controller.spot.Mixes.START;
import static io.fleetserve.controller.spot.Mixes.failed;
import static io.fleetserve.controller.spot.Mixes.inputs;
import static io.fleetserve.controller.spot.Mixes.lost;
import static io.fleetserve.controller.spot.Mixes.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.spot.MixPolicy.Decision;
import io.fleetserve.controller.spot.MixPolicy.Inputs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HedgePolicyTest {
  private final MixPolicy policy = MixPolicies.forName("hedge", MixSettings.DEFAULT);

  private static Instant hours(double hours) {
    return START.plusSeconds(Math.round(3600 * hours));
  }

  /// The memory of a zone that has held `count` replicas for two days.
  private MixMemory old(ZoneKey zone, int count) {
    MixMemory memory = MixMemory.NONE;
    for (int hour = 0; hour <= 48; hour++) {
      memory = policy.decide(inputs(count, 0, memory, hours(hour), ready(zone, count))).next();
    }
    return memory;
  }

  @Test
  void startsOnDemandAtOnceAndTriesOneSpotReplicaPerZone() {
    Decision first =
        policy.decide(inputs(3, 0, MixMemory.NONE, START, ready(A, 0), ready(B, 0), ready(C, 0)));

    assertThat(first.onDemand()).isEqualTo(3);
    assertThat(first.spotTotal()).isBetween(1, 3);
    assertThat(first.spot()).allMatch(count -> count.replicas() <= 1);
  }

  @Test
  void launchesTheRestWhereTheFirstWasAccepted() {
    ZoneView one = new ZoneView(A, 1, 0, 1, 0, 0, 0, false, false);
    Decision first = policy.decide(inputs(4, 0, MixMemory.NONE, START, ready(A, 0)));

    Decision second = policy.decide(inputs(4, 0, first.next(), START.plusSeconds(30), one));

    assertThat(first.spotIn(A)).isEqualTo(1);
    assertThat(second.spotIn(A)).isGreaterThanOrEqualTo(4);
  }

  @Test
  void paysForOnDemandWhileAZoneIsYoungAndNotWhenItIsOld() {
    MixMemory young = policy.decide(inputs(3, 0, MixMemory.NONE, START, failed(A, 1))).next();
    young = policy.decide(inputs(3, 0, young, hours(0.5), ready(A, 3))).next();

    Decision early = policy.decide(inputs(3, 0, young, hours(0.51), ready(A, 3)));
    Decision late = policy.decide(inputs(3, 0, old(A, 3), hours(49), ready(A, 3)));

    assertThat(early.onDemand()).isEqualTo(3);
    assertThat(late.onDemand()).isZero();
    assertThat(early.detail().shortageRisk()).isZero();
    assertThat(late.detail().shortageRisk()).isBetween(0.0001, 0.02);
  }

  @Test
  void aLossBringsOnDemandAndSpotElsewhereInOneDecision() {
    Decision after = policy.decide(inputs(3, 0, old(A, 3), hours(49), lost(A, 3), ready(B, 0)));

    assertThat(after.onDemand()).isEqualTo(3);
    assertThat(after.spotIn(A)).isZero();
    assertThat(after.spotIn(B)).isEqualTo(1);
  }

  @Test
  void aNoticeBringsTheReplacementAndKeepsWhatIsThere() {
    ZoneView noticed = new ZoneView(A, 1, 0, 3, 3, 0, 0, true, false);

    Decision after = policy.decide(inputs(3, 0, old(A, 3), hours(49), noticed, ready(B, 0)));

    assertThat(after.spotIn(A)).isEqualTo(3);
    assertThat(after.spotIn(B)).as("no time to try one first").isEqualTo(3);
    assertThat(after.onDemand()).isEqualTo(3);
  }

  @Test
  void announcedLossesNeedLessInsurance() {
    MixMemory plain = old(A, 3);
    ZoneMemory silent = plain.of(A);
    ZoneMemory spoken =
        new ZoneMemory(
            A,
            silent.launched(),
            false,
            silent.heldSinceMillis(),
            0,
            0,
            0,
            5,
            silent.exposure(),
            0,
            5 * 120_000);
    ZoneMemory surprising =
        new ZoneMemory(
            A,
            silent.launched(),
            false,
            silent.heldSinceMillis(),
            0,
            0,
            0,
            5,
            silent.exposure(),
            0,
            0);

    double warned =
        policy
            .decide(inputs(3, 0, plain.withZones(List.of(spoken)), hours(48.1), ready(A, 3)))
            .detail()
            .shortageRisk();
    double unwarned =
        policy
            .decide(inputs(3, 0, plain.withZones(List.of(surprising)), hours(48.1), ready(A, 3)))
            .detail()
            .shortageRisk();

    assertThat(warned).isLessThan(unwarned / 2);
  }

  @Test
  void asksARefusingZoneLessAndLessOften() {
    MixMemory memory = MixMemory.NONE;
    int calls = 0;
    int callsOfTheFirstHour = 0;
    boolean refused = false;
    for (int tick = 0; tick < 24 * 120; tick++) {
      ZoneView zone = refused ? failed(A, 1) : ready(A, 0);
      Decision decision = policy.decide(inputs(2, 0, memory, START.plusSeconds(30L * tick), zone));
      memory = decision.next();
      refused = decision.spotIn(A) > 0;
      calls += decision.spotIn(A);
      callsOfTheFirstHour += tick < 120 ? decision.spotIn(A) : 0;
    }

    assertThat(callsOfTheFirstHour).isBetween(10, 60);
    assertThat(calls).isLessThan(callsOfTheFirstHour * 5);
  }

  /// 80 s after a refusal the zone is up again with about 4 %.
  @Test
  void asksSoonerWhereSpotIsMissingAndWouldSaveMuch() {
    assertThat(asksAgain(20, 0)).as("on demand stands in").isTrue();
    assertThat(asksAgain(20, 3)).as("enough is there").isFalse();
    assertThat(asksAgain(1000, 0)).as("a young zone would need on demand beside it").isFalse();
  }

  private static boolean asksAgain(double shortagePrice, int elsewhere) {
    MixPolicy fixed = MixPolicies.hedge(new ShortagePricing.Fixed(shortagePrice));
    ZoneView other = ready(C, elsewhere).withBlocked();
    MixMemory known = fixed.decide(inputs(3, 0, MixMemory.NONE, START, failed(A, 1), other)).next();
    return fixed
        .decide(inputs(3, 0, known, START.plusSeconds(80), ready(A, 0), other))
        .detail()
        .zones()
        .getFirst()
        .usable();
  }

  @Test
  void prefersTheCheaperOfTwoZonesThatAreAlike() {
    ZoneView dear = new ZoneView(A, 2, 0, 0, 0, 0, 0, false, false);
    ZoneView cheap = new ZoneView(C, 1, 0, 0, 0, 0, 0, false, false);

    Decision first = policy.decide(inputs(1, 0, MixMemory.NONE, START, dear, cheap));

    assertThat(first.detail().candidates().getFirst().spot())
        .startsWith(new ZoneCount(A, 0))
        .satisfies(counts -> assertThat(counts.get(1).replicas()).isPositive());
  }

  @Test
  void movesBreakOnlyAfterTheyAreMade() {
    ZoneView dear = new ZoneView(A, 3, 0, 2, 2, 0, 0, false, false);
    ZoneView starting = new ZoneView(C, 0.5, 0, 2, 0, 0, 0, false, false);
    ZoneView made = new ZoneView(C, 0.5, 0, 2, 2, 0, 0, false, false);
    MixMemory known = policy.decide(inputs(2, 0, MixMemory.NONE, START, dear, starting)).next();

    Decision during = policy.decide(inputs(2, 0, known, START.plusSeconds(30), dear, starting));
    Decision after = policy.decide(inputs(2, 0, during.next(), hours(24), dear, made));

    assertThat(during.spotIn(A)).isEqualTo(2);
    assertThat(after.spotIn(A)).isLessThan(2);
    assertThat(after.spotIn(C)).isGreaterThanOrEqualTo(2);
  }

  @Test
  void nothingWantedIsNothing() {
    Decision none = policy.decide(inputs(0, 0, old(A, 3), hours(49), ready(A, 3)));

    assertThat(none.spotTotal()).isZero();
    assertThat(none.onDemand()).isZero();
  }

  @Test
  void withoutZonesEverythingIsOnDemand() {
    Inputs in = new Inputs(3, 1, Duration.ofMinutes(3), 4, List.of(), 0, 0, MixMemory.NONE, START);

    assertThat(policy.decide(in).onDemand()).isEqualTo(3);
  }

  @Test
  void explainsItselfWithNumbers() {
    Decision late = policy.decide(inputs(3, 0, old(A, 3), hours(49), ready(A, 3), ready(B, 0)));

    assertThat(late.reason())
        .matches(
            "3 wanted, 3 of 3 spot ready; a shortage within 120 s costs \\d+ spot replicas, its"
                + " risk with 0 on demand is 0\\.\\d\\d %: 0 on demand");
    assertThat(late.detail().zones()).extracting(MixDetail.ZoneRisk::zone).containsExactly(A, B);
    assertThat(late.detail().candidates()).hasSizeGreaterThan(1);
  }
}
