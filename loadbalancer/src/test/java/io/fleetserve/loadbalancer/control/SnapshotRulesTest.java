package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.EndpointDelta;
import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.loadbalancer.control.SnapshotRules.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SnapshotRulesTest {
  private static final EndpointSnapshot NOTHING = new EndpointSnapshot("", -1, true, List.of());
  private static final EndpointSnapshot HELD = snapshot("i", 5, true, Routes.ready("a", 1));

  private static EndpointSnapshot snapshot(
      String installation, long generation, boolean complete, ServiceRoute... routes) {
    return new EndpointSnapshot(installation, generation, complete, List.of(routes));
  }

  private static String reason(Verdict verdict) {
    return verdict instanceof Verdict.Refused refused ? refused.reason() : "accepted";
  }

  @Test
  void acceptsTheFirstAndEveryNewerSnapshot() {
    assertThat(reason(SnapshotRules.judge(NOTHING, HELD))).isEqualTo("accepted");
    assertThat(reason(SnapshotRules.judge(HELD, HELD))).isEqualTo("accepted");
    assertThat(reason(SnapshotRules.judge(HELD, snapshot("i", 6, true)))).isEqualTo("accepted");
  }

  @Test
  void refusesWhatAControllerWithoutMemoryWouldSend() {
    ServiceRoute route = Routes.ready("a", 1);
    assertThat(reason(SnapshotRules.judge(HELD, snapshot("i", 4, true, route))))
        .contains("older than 5");
    assertThat(reason(SnapshotRules.judge(HELD, snapshot("j", 6, true, route))))
        .contains("another installation");
    assertThat(reason(SnapshotRules.judge(HELD, snapshot("i", 6, false, route))))
        .contains("not complete");
    assertThat(reason(SnapshotRules.judge(HELD, snapshot("i", 6, true, Routes.empty("a", null)))))
        .contains("no reason");
    assertThat(reason(SnapshotRules.judge(HELD, snapshot("i", 6, true, Routes.empty("a", "zero")))))
        .isEqualTo("accepted");
  }

  @Test
  void deltasChangeOnlyWhatTheyName() {
    EndpointDelta delta =
        new EndpointDelta("i", 5, 7, List.of(Routes.ready("b", 2)), List.of("gone"));

    Verdict verdict = SnapshotRules.judge(HELD, delta);

    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    EndpointSnapshot next = ((Verdict.Accepted) verdict).snapshot();
    assertThat(next.generation()).isEqualTo(7);
    assertThat(next.services()).extracting(ServiceRoute::service).containsExactly("a", "b");
  }

  @Test
  void deltaFromAnotherGenerationNeedsASnapshot() {
    EndpointDelta delta = new EndpointDelta("i", 4, 7, List.of(), List.of());

    assertThat(SnapshotRules.judge(HELD, delta))
        .isEqualTo(new Verdict.Refused("delta from generation 4, held is 5", true));
  }
}
