package io.fleetserve.controller.spot;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.spot.MixPolicy.Decision;
import io.fleetserve.controller.spot.MixPolicy.Inputs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds for every decision of every policy of the product, whatever the world does: zones
/// that come, go, refuse, announce and lie, clocks that jump, memories that went through a restart.
final class MixPolicyPropertiesTest {
  private static final int WORLDS = 40;
  private static final int DECISIONS = 60;

  @ParameterizedTest
  @ValueSource(strings = {"hedge", "dynamic_fallback", "ondemand"})
  void everyDecisionIsSound(String name) {
    MixPolicy policy = MixPolicies.forName(name, MixSettings.DEFAULT);
    for (int seed = 0; seed < WORLDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      MixMemory memory = MixMemory.NONE;
      Instant now = Mixes.START;
      List<ZoneCount> held = List.of();
      int wanted = random.nextInt(6);
      for (int i = 0; i < DECISIONS; i++) {
        Inputs in = inputs(random, wanted, held, memory, now);
        Decision decision = policy.decide(in);
        check(in, decision, "%s, seed %d, decision %d: %s".formatted(name, seed, i, decision));
        assertThat(policy.decide(in)).as("same again, seed %d", seed).isEqualTo(decision);
        memory = MixMemory.ofJson(decision.next().toJson());
        assertThat(memory).as("restart, seed %d", seed).isEqualTo(decision.next());
        held = decision.spot();
        now = now.plus(step(random));
      }
    }
  }

  private static void check(Inputs in, Decision decision, String what) {
    assertThat(decision.spot())
        .as(what)
        .hasSameSizeAs(in.zones())
        .allMatch(count -> count.replicas() >= 0);
    assertThat(decision.onDemand()).as(what).isBetween(0, in.wanted() + in.extra());
    int planned = in.wanted() + Math.max(in.extra(), 4);
    int most = Math.max(in.spotHeld(), planned) + planned; // while replicas move
    assertThat(decision.spotTotal()).as(what).isLessThanOrEqualTo(most);
    if (in.zones().stream().noneMatch(zone -> zone.blocked() || zone.noticed())) {
      assertThat(decision.spotTotal() + decision.onDemand())
          .as(what)
          .isGreaterThanOrEqualTo(in.wanted());
    }
    for (ZoneView zone : in.zones()) {
      if (zone.blocked() || (zone.noticed() && decision.next().policy().equals("hedge"))) {
        assertThat(decision.spotIn(zone.key())).as(what).isLessThanOrEqualTo(zone.held());
      }
    }
    assertThat(decision.detail().shortageRisk()).as(what).isBetween(0.0, 1.0);
    assertThat(decision.reason()).as(what).isNotBlank();
  }

  /// Mostly half a minute; now and then nothing, a day, or back.
  private static Duration step(SplittableRandom random) {
    return switch (random.nextInt(12)) {
      case 0 -> Duration.ZERO;
      case 1 -> Duration.ofDays(1);
      case 2 -> Duration.ofHours(-2);
      default -> Duration.ofSeconds(random.nextInt(5, 60));
    };
  }

  private static Inputs inputs(
      SplittableRandom random, int wanted, List<ZoneCount> held, MixMemory memory, Instant now) {
    List<ZoneView> zones = new ArrayList<>();
    for (ZoneKey key : List.of(Mixes.A, Mixes.B, Mixes.C)) {
      int was =
          held.stream()
              .filter(count -> count.zone().equals(key))
              .mapToInt(ZoneCount::replicas)
              .sum();
      int launched = was == 0 ? 0 : random.nextInt(was + 1);
      int lost = random.nextInt(4) == 0 ? was - launched : 0;
      int failed = was - launched - lost;
      zones.add(
          new ZoneView(
              key,
              random.nextDouble(0.5, 2),
              random.nextInt(8) == 0 ? 1 : 0,
              launched,
              launched == 0 ? 0 : random.nextInt(launched + 1),
              lost,
              failed,
              random.nextInt(10) == 0,
              random.nextInt(10) == 0));
    }
    int onDemand = random.nextInt(wanted + 1);
    return new Inputs(
        wanted,
        random.nextInt(3),
        Duration.ofSeconds(random.nextInt(30, 600)),
        random.nextDouble(2, 8),
        zones,
        onDemand,
        random.nextInt(onDemand + 1),
        memory,
        now);
  }
}
