package io.fleetserve.controller.spot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fleetserve.controller.spot.MixPolicy.Inputs;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShortagePricingTest {
  private final ShortagePricing target = new ShortagePricing.Target(0.99);

  private static Inputs at(MixMemory memory, Instant now, int ready) {
    return Mixes.inputs(3, 0, memory, now, Mixes.ready(Mixes.A, ready));
  }

  private static MixMemory memory(double credit) {
    long start = Mixes.START.toEpochMilli();
    return new MixMemory("hedge", 0, start - 3_600_000, start, credit, List.of());
  }

  @Test
  void shortageTakesFromTheCreditAndTimeGivesToIt() {
    double after = target.credit(at(memory(1), Mixes.START.plusSeconds(120), 2));
    double without = target.credit(at(memory(1), Mixes.START.plusSeconds(120), 3));

    assertThat(after).isBetween(0.0, 0.01);
    assertThat(without).isBetween(1.009, 1.01);
  }

  @Test
  void debtRaisesThePriceFasterThanSavingsLowerIt() {
    double debt = target.price(-2, 3, 4);
    double level = target.price(0, 3, 4);
    double savings = target.price(2, 3, 4);

    assertThat(debt / level).isGreaterThan(2);
    assertThat(level / savings).isBetween(1.1, 1.3);
  }

  @Test
  void aHigherTargetIsDearer() {
    assertThat(new ShortagePricing.Target(0.999).price(0, 3, 4))
        .isGreaterThan(9 * target.price(0, 3, 4));
  }

  @Test
  void nothingIsCountedBeforeTheFirstColdStartIsOver() {
    Instant now = Mixes.START.plusSeconds(60);
    MixMemory fresh =
        new MixMemory(
            "hedge", 0, Mixes.START.toEpochMilli(), Mixes.START.toEpochMilli(), 0, List.of());

    assertThat(target.credit(at(fresh, now, 0))).isZero();
  }

  @Test
  void aClockThatJumpsMovesTheCreditALittleOnly() {
    Instant later = Mixes.START.plusSeconds(400L * 86_400);
    Instant earlier = Mixes.START.minusSeconds(1_800);

    assertThat(target.credit(at(memory(0), later, 3))).isBetween(0.0, 0.2);
    assertThat(target.credit(at(memory(0), later, 0))).isEqualTo(-8);
    assertThat(target.credit(at(memory(0), earlier, 0))).isZero();
  }

  @Test
  void refusesImpossibleTargets() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ShortagePricing.Target(1));
    assertThatIllegalArgumentException().isThrownBy(() -> new ShortagePricing.Fixed(0));
  }
}
