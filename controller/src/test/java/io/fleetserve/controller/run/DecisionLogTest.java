package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.autoscale.Autoscaler;
import io.fleetserve.controller.autoscale.AutoscalerState;
import io.fleetserve.controller.autoscale.Autoscalers;
import io.fleetserve.controller.decision.DecisionDraft;
import io.fleetserve.controller.decision.MixRecorder;
import io.fleetserve.controller.decision.ScalingRecorder;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.load.LoadWindow;
import io.fleetserve.controller.spot.MixMemory;
import io.fleetserve.controller.spot.MixPolicies;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.MixSettings;
import io.fleetserve.controller.store.Changes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which decisions are worth a write.
final class DecisionLogTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

  private final Changes changes = new Changes("llm");
  private final DecisionLog log = new DecisionLog(changes);

  @Test
  void sameDecisionAgainIsWrittenOnlyEveryTenMinutes() {
    assertThat(isWritten(scaling(1, 3, 0))).isTrue();
    assertThat(isWritten(scaling(1, 3, 20))).isFalse();
    assertThat(isWritten(scaling(1, 3, 599))).isFalse();
    assertThat(isWritten(scaling(1, 3, 600))).isTrue();
    assertThat(isWritten(scaling(1, 3, 620))).isFalse();
  }

  @Test
  void otherChoiceKindOrVersionIsNews() {
    assertThat(isWritten(scaling(1, 3, 0))).isTrue();
    assertThat(isWritten(mix(1))).isTrue();
    assertThat(isWritten(scaling(1, 4, 2))).isTrue();
    assertThat(isWritten(scaling(2, 4, 3))).isTrue();
    assertThat(isWritten(mix(4))).isFalse();
  }

  private boolean isWritten(DecisionDraft draft) {
    changes.clear();
    log.note(draft);
    return !changes.isEmpty();
  }

  private static DecisionDraft scaling(int version, int replicas, long second) {
    var spec = Specs.fixed(replicas).build();
    return ScalingRecorder.decide(
            Autoscalers.forSpec(spec),
            new Autoscaler.Inputs(
                LoadWindow.of("svc", Duration.ofMinutes(1)),
                1,
                List.of(),
                spec,
                AutoscalerState.NONE),
            version,
            NOW.plusSeconds(second))
        .draft();
  }

  private static DecisionDraft mix(long second) {
    MixPolicy policy = MixPolicies.forName("ondemand", MixSettings.DEFAULT);
    MixPolicy.Inputs in =
        new MixPolicy.Inputs(
            3,
            0,
            Duration.ofSeconds(90),
            3,
            List.of(),
            0,
            0,
            MixMemory.NONE,
            NOW.plusSeconds(second));
    return MixRecorder.record(policy.name(), MixSettings.DEFAULT, in, policy.decide(in), 1);
  }
}
