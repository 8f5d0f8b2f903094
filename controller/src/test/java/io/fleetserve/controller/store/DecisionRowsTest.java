package io.fleetserve.controller.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.decision.DecisionKind;
import io.fleetserve.controller.decision.RecordedDecision;
import io.fleetserve.controller.home.HomeFolder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Decisions in the store: kept over a restart, bounded, gone with their service.
final class DecisionRowsTest {
  @TempDir Path folder;
  private HomeFolder home = new HomeFolder(Path.of("unset"));

  @BeforeEach
  void createHome() {
    home = new HomeFolder(folder.resolve("home"));
    home.create();
  }

  @Test
  void decisionComesBackWholeAfterReopening() {
    String inputs = "{\"zones\":\"" + "äbc".repeat(1_000) + "\"}";
    try (Store store = open()) {
      store.commit(with("llm", decision("3 replicas", inputs)));
    }

    try (Store store = open()) {
      RecordedDecision read = store.decisions("llm", 10).getFirst();
      assertThat(read.sequence()).isPositive();
      assertThat(read)
          .usingRecursiveComparison()
          .ignoringFields("sequence")
          .isEqualTo(decision("3 replicas", inputs));
    }
  }

  @Test
  void lastOnesOfEachServiceAreKept() {
    try (Store store = open()) {
      store.commit(with("quiet", decision("1 replica", "{}")));
      for (int i = 1; i <= 250; i++) {
        store.commit(with("busy", decision(i + " replicas", "{}")));
      }

      List<RecordedDecision> all = store.decisions("busy", 1_000);
      assertThat(all).hasSize(200);
      assertThat(all.getFirst().choice()).isEqualTo("51 replicas");
      assertThat(all.getLast().choice()).isEqualTo("250 replicas");
      assertThat(store.decisions("busy", 2))
          .extracting(RecordedDecision::choice)
          .containsExactly("249 replicas", "250 replicas");
      assertThat(store.decisions("quiet", 10)).hasSize(1);
    }
  }

  @Test
  void decisionsGoWithTheirService() {
    try (Store store = open()) {
      store.commit(with("llm", decision("1 replica", "{}")));
      Changes end = new Changes("llm");
      end.decision(decision("2 replicas", "{}"));
      end.end();
      store.commit(end);

      assertThat(store.decisions("llm", 10)).isEmpty();
    }
  }

  private Store open() {
    return new JdbiStore(home, 1_000);
  }

  private static Changes with(String service, RecordedDecision decision) {
    Changes changes = new Changes(service);
    changes.service(StoredRows.service(service));
    changes.decision(decision);
    return changes;
  }

  private static RecordedDecision decision(String choice, String inputs) {
    return new RecordedDecision(
        0,
        StoredRows.NOW,
        DecisionKind.SCALING,
        1,
        "request_rate",
        choice,
        "busy",
        List.of("replicas: 1 ready", "load: 7"),
        inputs,
        "{\"target\":3}");
  }
}
