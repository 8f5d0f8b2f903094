package io.fleetserve.provider.sim.cloud;

import static io.fleetserve.api.unit.Checks.check;

import io.fleetserve.provider.ProviderError.Category;
import java.util.Map;

/// What goes wrong, as probabilities 0..1 per create call.
///
/// @param refused the call is refused with this category
/// @param answerLost the instance is made, and the answer gets lost
/// @param callLost nothing is made, and nobody tells
/// @param broken the instance is made and fails before it runs
public record Faults(
    Map<Category, Double> refused, double answerLost, double callLost, double broken) {
  public static final Faults NONE = new Faults(Map.of(), 0, 0, 0);

  public Faults {
    refused = Map.copyOf(refused);
    refused.forEach((category, share) -> checkShare(category.name(), share));
    checkShare("answerLost", answerLost);
    checkShare("callLost", callLost);
    checkShare("broken", broken);
  }

  private static void checkShare(String name, double share) {
    check(share >= 0 && share <= 1, name, share, "0..1");
  }
}
