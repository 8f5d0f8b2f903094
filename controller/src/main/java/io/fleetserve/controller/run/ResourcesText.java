package io.fleetserve.controller.run;

import io.fleetserve.api.spec.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Resources in words. Pure.
final class ResourcesText {
  private ResourcesText() {}

  /// The first accelerator with its count, for example `H100:1`; null when none is asked for.
  static @Nullable String accelerator(Resources resources) {
    return resources.accelerators().entrySet().stream()
        .min(Map.Entry.comparingByKey())
        .map(ResourcesText::counted)
        .orElse(null);
  }

  /// What a service asks for, alternatives separated by `or`.
  static String of(List<Resources> candidates) {
    return candidates.stream()
        .map(ResourcesText::one)
        .distinct()
        .collect(Collectors.joining(" or "));
  }

  private static String one(Resources resources) {
    List<String> parts = new ArrayList<>();
    if (resources.infra() != null) {
      parts.add(resources.infra());
    }
    if (resources.instanceType() != null) {
      parts.add(resources.instanceType());
    }
    resources.accelerators().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> parts.add(counted(entry)));
    if (resources.cpus() != null) {
      parts.add(resources.cpus() + " CPUs");
    }
    if (resources.memoryGib() != null) {
      parts.add(resources.memoryGib() + " GiB");
    }
    if (resources.useSpot()) {
      parts.add("spot");
    }
    return parts.isEmpty() ? "any machine" : String.join(", ", parts);
  }

  private static String counted(Map.Entry<String, Double> accelerator) {
    double count = accelerator.getValue();
    String number =
        count == Math.rint(count) ? Long.toString((long) count) : Double.toString(count);
    return accelerator.getKey() + ":" + number;
  }
}
