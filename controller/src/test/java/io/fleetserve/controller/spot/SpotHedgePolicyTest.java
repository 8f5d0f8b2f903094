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
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class SpotHedgePolicyTest {
  private final MixPolicy policy = MixPolicies.forName("dynamic_fallback", MixSettings.DEFAULT);

  @Test
  void startsSpotInUnusedZonesAndOnDemandTogether() {
    Decision first =
        policy.decide(inputs(3, 1, MixMemory.NONE, START, ready(A, 0), ready(B, 0), ready(C, 0)));

    assertThat(first.spot())
        .containsExactly(new ZoneCount(A, 2), new ZoneCount(B, 1), new ZoneCount(C, 1));
    assertThat(first.onDemand()).isEqualTo(3);
  }

  @Test
  void takesTheCheapestUnusedZone() {
    ZoneView cheap = new ZoneView(C, 0.5, 0, 0, 0, 0, 0, false, false);

    Decision first = policy.decide(inputs(1, 0, MixMemory.NONE, START, ready(A, 0), cheap));

    assertThat(first.spotIn(C)).isEqualTo(1);
  }

  @Test
  void onDemandGoesAsSoonAsSpotIsReady() {
    Decision all =
        policy.decide(inputs(3, 1, MixMemory.NONE, START, ready(A, 2), ready(B, 2), ready(C, 0)));

    assertThat(all.onDemand()).isZero();
    assertThat(all.spotTotal()).isEqualTo(4);
  }

  @Test
  void onDemandAlsoReplacesAMissingExtra() {
    Decision one =
        policy.decide(inputs(3, 1, MixMemory.NONE, START, ready(A, 2), ready(B, 1), ready(C, 0)));

    assertThat(one.onDemand()).isEqualTo(1);
  }

  @Test
  void aZoneThatLostAReplicaIsAvoidedUntilALaunchSucceeds() {
    Decision after =
        policy.decide(inputs(2, 0, MixMemory.NONE, START, lost(A, 2), ready(B, 0), ready(C, 0)));
    Decision full =
        policy.decide(
            inputs(
                3, 0, after.next(), START.plusSeconds(30), ready(A, 0), ready(B, 1), ready(C, 1)));
    Decision back =
        policy.decide(
            inputs(
                4, 0, full.next(), START.plusSeconds(60), ready(A, 1), ready(B, 1), ready(C, 1)));

    assertThat(after.spotIn(A)).isZero();
    assertThat(full.spotIn(A)).isZero();
    assertThat(back.next().of(A).avoided()).isFalse();
  }

  @Test
  void marksAreClearedWhenFewerThanTwoZonesAreLeft() {
    Decision after =
        policy.decide(inputs(3, 0, MixMemory.NONE, START, failed(A, 1), failed(B, 1), ready(C, 0)));

    assertThat(after.spot())
        .containsExactly(new ZoneCount(A, 1), new ZoneCount(B, 1), new ZoneCount(C, 1));
  }

  @Test
  void releasedRuleGoesOnAvoidingWhileOneOfThreeZonesIsLeft() {
    MixPolicy released =
        new SpotHedgePolicy(
            "spothedge",
            SpotHedgePolicy.Trust.HELD,
            SpotHedgePolicy.Reset.RELEASED,
            SpotHedgePolicy.Pick.FEWEST,
            MixSettings.DEFAULT);

    Decision after =
        released.decide(
            inputs(3, 0, MixMemory.NONE, START, failed(A, 1), failed(B, 1), ready(C, 0)));

    assertThat(after.spotIn(C)).isEqualTo(3);
  }

  @Test
  void keepsTheBaseOnDemandAndTheRestOnSpot() {
    MixPolicy base =
        MixPolicies.forName("dynamic_fallback", new MixSettings(OptionalDouble.empty(), 1, false));

    Decision first = base.decide(inputs(3, 1, MixMemory.NONE, START, ready(A, 0), ready(B, 0)));

    assertThat(first.spotTotal()).isEqualTo(3);
    assertThat(first.onDemand()).isEqualTo(1);
  }

  @Test
  void shrinksWhereReplicasAreNotReady() {
    ZoneView starting = new ZoneView(B, 1, 0, 1, 0, 0, 0, false, false);

    Decision fewer = policy.decide(inputs(2, 0, MixMemory.NONE, START, ready(A, 2), starting));

    assertThat(fewer.spot()).containsExactly(new ZoneCount(A, 2), new ZoneCount(B, 0));
  }

  @Test
  void blockedZonesGetNothing() {
    ZoneView blocked = new ZoneView(A, 1, 0, 0, 0, 0, 0, false, true);

    Decision first = policy.decide(inputs(2, 0, MixMemory.NONE, START, blocked, ready(B, 0)));

    assertThat(first.spot()).containsExactly(new ZoneCount(A, 0), new ZoneCount(B, 2));
  }
}
