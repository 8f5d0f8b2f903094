package io.fleetserve.benchmarks.sim.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.DecisionView;
import io.fleetserve.api.wire.Json;
import io.fleetserve.benchmarks.sim.decision.StoredDecisions.Verdict;
import io.fleetserve.controller.decision.MixRecorder;
import io.fleetserve.controller.decision.RecordedDecision;
import io.fleetserve.controller.spot.MixMemory;
import io.fleetserve.controller.spot.MixPolicies;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.MixSettings;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.controller.spot.ZoneView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class StoredDecisionsTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

  @TempDir Path folder;

  @Test
  void decisionThatIsMadeAgainComesOutTheSame() throws Exception {
    StoredDecisions decisions = read(mix());

    assertThat(decisions.count(Verdict.SAME)).as(decisions.table()).isEqualTo(1);
    assertThat(decisions.table())
        .contains("hedge", "same")
        .endsWith("1 decisions: 1 the same, 0 different, 0 cannot be made again\n");
  }

  @Test
  void answerThatDiffersIsShownWhereItDoes() throws Exception {
    DecisionView before = mix();
    ObjectNode outcome = (ObjectNode) before.outcome().deepCopy();
    outcome.put("onDemand", 7);

    StoredDecisions decisions = read(with(before, before.kind(), outcome));

    assertThat(decisions.count(Verdict.DIFFERENT)).as(decisions.table()).isEqualTo(1);
    assertThat(decisions.table()).contains("onDemand: 7 -> ");
  }

  @Test
  void numberOfReplicasNeedsTheServiceFile() throws Exception {
    DecisionView mix = mix();

    StoredDecisions decisions = read(with(mix, "scaling", mix.outcome()));

    assertThat(decisions.count(Verdict.IMPOSSIBLE)).isEqualTo(1);
  }

  private StoredDecisions read(DecisionView... decisions) throws Exception {
    Path file = folder.resolve("decisions.json");
    Files.writeString(file, Json.MAPPER.writeValueAsString(decisions));
    return StoredDecisions.of(file, Optional.empty());
  }

  private static DecisionView with(DecisionView view, String kind, JsonNode outcome) {
    return new DecisionView(
        view.sequence(),
        view.timeMillis(),
        kind,
        view.version(),
        view.rule(),
        view.choice(),
        view.reason(),
        view.weighed(),
        view.inputs(),
        outcome,
        null);
  }

  private static DecisionView mix() {
    MixSettings settings = new MixSettings(OptionalDouble.of(0.99), 0, false);
    MixPolicy policy = MixPolicies.forName("hedge", settings);
    MixPolicy.Inputs inputs =
        new MixPolicy.Inputs(
            3,
            0,
            Duration.ofMinutes(3),
            4,
            List.of(zone("a"), zone("b"), zone("c")),
            0,
            0,
            MixMemory.NONE,
            NOW);
    RecordedDecision record =
        MixRecorder.record("hedge", settings, inputs, policy.decide(inputs), 1).record();
    return new DecisionView(
        1,
        record.at().toEpochMilli(),
        record.kind().name().toLowerCase(Locale.ROOT),
        record.version(),
        record.rule(),
        record.choice(),
        record.reason(),
        record.weighed(),
        Json.MAPPER.readTree(record.inputs()),
        Json.MAPPER.readTree(record.outcome()),
        null);
  }

  private static ZoneView zone(String name) {
    return new ZoneView(new ZoneKey("aws", "east", name), 1, 0, 0, 0, 0, 0, false, false);
  }
}
