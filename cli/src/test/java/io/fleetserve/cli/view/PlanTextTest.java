package io.fleetserve.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.Plan;
import io.fleetserve.api.wire.PlannedOffer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlanTextTest {
  private static final PlannedOffer SPOT =
      new PlannedOffer("sim/east/a", "g5", "1 A10G", true, 0.04, 2, "chosen");
  private static final PlannedOffer STEADY =
      new PlannedOffer("sim/east/a", "g5", "1 A10G", false, 1.5, 0, "not needed");

  @Test
  void everyOfferThatWasComparedIsARow() {
    assertThat(PlanText.full(plan(List.of(SPOT, STEADY))))
        .startsWith("llm v1   2 replicas   sim/east/a   $0.08/h")
        .containsSequence(
            "  INFRA       MARKET     MACHINE      $/H     REPLICAS  NOTE",
            "  sim/east/a  spot       g5 (1 A10G)  0.0400  2         chosen",
            "  sim/east/a  on demand  g5 (1 A10G)  1.50    0         not needed")
        .endsWith("  hedge: 2 spot in sim/east/a");
  }

  @Test
  void aSingleOfferNeedsNoTableAndALongOneIsCut() {
    assertThat(PlanText.full(plan(List.of(SPOT)))).noneMatch(line -> line.contains("MARKET"));
    assertThat(PlanText.full(plan(Collections.nCopies(100, SPOT))))
        .contains("  and 60 more (-o json shows all)");
  }

  private static Plan plan(List<PlannedOffer> offers) {
    return new Plan(
        "llm",
        1,
        2,
        2,
        2,
        "sim/east/a",
        "1 A10G",
        0.08,
        List.of("hedge: 2 spot in sim/east/a"),
        offers,
        null,
        false);
  }
}
