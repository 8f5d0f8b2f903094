package io.fleetserve.controller.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.autoscale.Autoscaler;
import io.fleetserve.controller.autoscale.AutoscalerState;
import io.fleetserve.controller.autoscale.Autoscalers;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Reports;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.load.LoadView;
import io.fleetserve.controller.load.LoadWindow;
import io.fleetserve.controller.placement.Blocks;
import io.fleetserve.controller.placement.Candidate;
import io.fleetserve.controller.placement.Placed;
import io.fleetserve.controller.placement.Placement;
import io.fleetserve.controller.placement.Site;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.spot.MixMemory;
import io.fleetserve.controller.spot.MixPolicies;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.MixSettings;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.controller.spot.ZoneView;
import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.ProviderError;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Decisions are made again from what was written down, and come out the same.
final class ReplayTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00.123Z");
  private static final Offer CHEAP =
      new Offer("aws", "us-east-1", "us-east-1a", "p3", "1 x V100", 0.9, true);
  private static final Offer DEAR =
      new Offer("aws", "us-west-2", "us-west-2b", "p3", "1 x V100", 1.1, true);

  static Stream<Specs> autoscaled() {
    return Stream.of(
        Specs.fixed(3),
        Specs.between(1, 9).targetQps(2),
        Specs.between(1, 9).targetQps(java.util.Map.of("H100", 2.0, "L4", 1.0)),
        Specs.between(1, 9).queueLength(3),
        Specs.between(1, 9).metrics(Autoscaling.Goal.of(Autoscaling.Metric.TOKENS, 2)),
        Specs.between(1, 9)
            .metrics(
                Autoscaling.Goal.of(new Autoscaling.Query(URI.create("http://x:9090"), "up"), 2)),
        Specs.between(1, 9).autoscaling(Autoscaling.Metric.CONCURRENCY, 2, 60, 6),
        Specs.between(0, 9).autoscaling(Autoscaling.Metric.QPS, 2, 60, 6));
  }

  @ParameterizedTest
  @MethodSource("autoscaled")
  void everyAutoscalerDecidesTheSameAgain(Specs specs) {
    ServiceSpec spec = specs.build();

    RecordedDecision record = scaling(spec, load());
    Replay replay = Replay.of(record, Optional.of(spec));

    assertThat(replay.differences()).isEmpty();
    assertThat(replay.same()).isTrue();
    assertThat(record.kind()).isEqualTo(DecisionKind.SCALING);
    assertThat(record.weighed()).first().isEqualTo("replicas: 2 ready, target 2");
    assertThat(record.inputs()).doesNotContain("hash");
  }

  @Test
  void recordingChangesNoDecision() {
    ServiceSpec spec = Specs.between(1, 9).targetQps(2).build();
    Autoscaler autoscaler = Autoscalers.forSpec(spec);
    Autoscaler.Inputs in = inputs(spec, load());

    assertThat(ScalingRecorder.decide(autoscaler, in, 1, NOW).decision())
        .isEqualTo(autoscaler.decide(in, NOW));
  }

  @Test
  void changedRuleShowsWhereItsAnswerDiffers() {
    RecordedDecision record = scaling(Specs.fixed(3).build(), load());

    Replay replay = Replay.of(record, Optional.of(Specs.fixed(4).build()));

    assertThat(replay.same()).isFalse();
    assertThat(replay.differences()).contains("target: 3 -> 4", "next.target: 3 -> 4");
  }

  @Test
  void policyThatNowAsksForMoreIsToldApart() {
    RecordedDecision record = scaling(Specs.fixed(3).build(), load());

    Replay replay = Replay.of(record, Optional.of(Specs.between(1, 9).targetQps(2).build()));

    assertThat(replay.same()).isFalse();
    assertThat(replay.differences().getFirst()).contains("nobody asked then for ");
  }

  @Test
  void decisionWithoutItsVersionOrInputsCannotBeMadeAgain() {
    RecordedDecision record = scaling(Specs.fixed(3).build(), load());
    RecordedDecision bare =
        new DecisionDraft(
                DecisionKind.SCALING,
                NOW,
                1,
                "fixed",
                "",
                () ->
                    new DecisionDraft.Details(
                        "", List.of(), "x".repeat(RecordedDecision.LONGEST_INPUTS + 1), "{}"))
            .record();

    assertThat(Replay.of(record, Optional.empty()).differences())
        .containsExactly("cannot be made again: version 1 is not stored any more");
    assertThat(Replay.of(bare, Optional.of(Specs.fixed(3).build())).differences())
        .containsExactly("cannot be made again: its inputs were too large to be kept");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ondemand", "dynamic_fallback"})
  void mixIsDecidedTheSameAgain(String name) {
    MixSettings settings = MixSettings.DEFAULT;
    MixPolicy policy = MixPolicies.forName(name, settings);
    ZoneKey one = new ZoneKey("aws", "us-east-1", "us-east-1a");
    ZoneKey other = new ZoneKey("aws", "us-west-2", "us-west-2b");
    MixPolicy.Inputs first =
        mix(
            MixMemory.NONE,
            NOW,
            zone(one, 2, 0),
            new ZoneView(other, 1.1, 0, 0, 0, 0, 1, false, true));
    MixPolicy.Inputs second =
        mix(policy.decide(first).next(), NOW.plusSeconds(30), zone(one, 1, 1), zone(other, 1, 0));

    RecordedDecision record =
        MixRecorder.record(policy.name(), settings, second, policy.decide(second), 1).record();
    Replay replay = Replay.of(record, Optional.of(Specs.fixed(1).build()));

    assertThat(replay.differences()).isEmpty();
    assertThat(record.weighed())
        .contains("aws/us-east-1/us-east-1a: $0.900/h, 1 ready of 1, 1 lost");
  }

  @Test
  void placementIsDecidedTheSameAgain() {
    ServiceSpec spec = Specs.fixed(1).build();
    Blocks blocks =
        Blocks.NONE.with(
            CHEAP,
            new ProviderError(ProviderError.Category.QUOTA_EXCEEDED, null, null, "no quota"),
            NOW);
    PlacementRecorder.Inputs in =
        new PlacementRecorder.Inputs(
            Wish.SPOT,
            List.of(new Candidate(Specs.resources(), List.of(CHEAP, DEAR), List.of("gcp: no"))),
            new Placement.Known(
                List.of(
                    new Site(
                        "aws",
                        new Capabilities(
                            true, false, false, true, Duration.ZERO, Duration.ofMinutes(2)))),
                blocks,
                Set.of(),
                NOW));
    Placed placed = Placement.choose(spec, in.wish(), in.candidates(), in.known());

    RecordedDecision record = PlacementRecorder.record(in, placed, 1).record();
    Replay replay = Replay.of(record, Optional.of(spec));

    assertThat(replay.differences()).isEmpty();
    assertThat(record.choice()).isEqualTo("aws/us-west-2/us-west-2b p3 spot at $1.100/h");
    assertThat(record.weighed()).anyMatch(line -> line.contains("no quota"));
  }

  private static RecordedDecision scaling(ServiceSpec spec, LoadView load) {
    return ScalingRecorder.decide(Autoscalers.forSpec(spec), inputs(spec, load), 1, NOW)
        .draft()
        .record();
  }

  private static Autoscaler.Inputs inputs(ServiceSpec spec, LoadView load) {
    return new Autoscaler.Inputs(
        load,
        2,
        List.of(
            Replicas.on("H100", Replicas.in(ReplicaStatus.READY, 1, 1, NOW.minusSeconds(600))),
            Replicas.in(ReplicaStatus.READY, 2, 1, NOW.minusSeconds(500))),
        spec,
        AutoscalerState.NONE);
  }

  /// Five requests a second for two minutes.
  private static LoadView load() {
    Instant start = NOW.minusSeconds(120);
    Reports reports = new Reports("lb-1", start);
    LoadWindow window = LoadWindow.of(Replicas.SERVICE, Duration.ofMinutes(3));
    for (int second = 1; second <= 120; second++) {
      window =
          window.with(
              reports.arrive(5).busy(6.5, 1000).now(1, 5).send(), start.plusSeconds(second));
    }
    return window;
  }

  private static MixPolicy.Inputs mix(MixMemory memory, Instant now, ZoneView... zones) {
    return new MixPolicy.Inputs(3, 1, Duration.ofSeconds(90), 3, List.of(zones), 0, 0, memory, now);
  }

  private static ZoneView zone(ZoneKey key, int ready, int lost) {
    return new ZoneView(key, 0.9, 0, ready, ready, lost, 0, false, false);
  }
}
