package io.fleetserve.controller.run;

import static io.fleetserve.controller.run.TestFleet.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.DecisionView;
import io.fleetserve.api.wire.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Decisions of a running service by way of the API, with a real store.
final class ExplainTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  @TempDir Path folder;

  @Test
  void decisionsAreExplainedAndComeOutTheSameAlsoAfterARestart() throws Exception {
    try (TestFleet fleet = new TestFleet(folder.resolve("home"))) {
      fleet.up("llm", "readiness_probe: /health\nreplicas: 2\n");
      await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 2);

      List<DecisionView> decisions = explain(fleet, "?replay=true");
      assertThat(decisions).extracting(DecisionView::kind).contains("scaling", "placement");
      assertThat(decisions)
          .allSatisfy(decision -> {
            assertThat(decision.inputs().isObject()).isTrue();
            assertThat(decision.replay()).isEqualTo(new DecisionView.ReplayView(true, List.of()));
          });

      fleet.restart();

      assertThat(explain(fleet, "?replay=true&limit=200")).containsAll(decisions);
      assertThat(explain(fleet, "?limit=1")).hasSize(1).allMatch(one -> one.replay() == null);
      assertThat(problem(fleet.get("/services/other/decisions")).status()).isEqualTo(404);
    }
  }

  private static List<DecisionView> explain(TestFleet fleet, String query) throws Exception {
    String body = fleet.get("/services/llm/decisions" + query).body();
    return List.of(Json.MAPPER.readValue(body, DecisionView[].class));
  }
}
