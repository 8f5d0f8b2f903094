package io.fleetserve.loadbalancer.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How much replicas can take, by their accelerators. Pure.
public final class Weights {
  private Weights() {}

  /// Weights of replicas, by index: the product of what the tables say of their accelerators. A
  /// table with values above 1 counts in parts of its largest one, so that what the weight of one
  /// replica is does not depend on which others there are.
  ///
  /// @param accelerators such as `H100:2`; null for none
  @SafeVarargs
  public static double[] of(
      List<? extends @Nullable String> accelerators, Map<String, Double>... byAccelerator) {
    double[] weights = new double[accelerators.size()];
    Arrays.fill(weights, 1);
    for (Map<String, Double> table : byAccelerator) {
      double unit = table.values().stream().reduce(1.0, Math::max);
      for (int i = 0; i < weights.length && !table.isEmpty(); i++) {
        weights[i] *= entry(accelerators.get(i), table) / unit;
      }
    }
    return weights;
  }

  /// The value for an accelerator such as `H100:2`, in any case: its own entry, else that of the
  /// name without a count, else 1.
  static double entry(@Nullable String accelerator, Map<String, Double> byAccelerator) {
    if (accelerator == null) {
      return 1;
    }
    double found = 1;
    for (Map.Entry<String, Double> each : byAccelerator.entrySet()) {
      String name = each.getKey();
      if (name.equalsIgnoreCase(accelerator)) {
        return positive(each.getValue());
      }
      if (accelerator.length() > name.length()
          && accelerator.charAt(name.length()) == ':'
          && accelerator.regionMatches(true, 0, name, 0, name.length())) {
        found = positive(each.getValue());
      }
    }
    return found;
  }

  private static double positive(double value) {
    return value > 0 ? value : 1;
  }
}
