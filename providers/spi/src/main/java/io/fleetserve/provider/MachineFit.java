package io.fleetserve.provider;

import io.fleetserve.api.spec.Resources;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whether a machine, or what is free of one, fits a wish. Pure.
///
/// @param accelerators model name as the driver tells it, to number
public record MachineFit(double cpus, long memoryBytes, Map<String, Integer> accelerators) {
  private static final double GIB = 1L << 30;

  /// A machine sold as 16 GiB tells a little less.
  private static final double MEMORY_TOLERANCE = 0.93;

  public MachineFit {
    accelerators = Map.copyOf(accelerators);
  }

  /// What it lacks, one sentence each, such as `has 2 CPUs (expected: >= 4)`; empty means it fits.
  public List<String> against(Resources wish) {
    return Stream.of(cpus(wish.cpus()), memory(wish.memoryGib()), accelerators(wish.accelerators()))
        .flatMap(Optional::stream)
        .toList();
  }

  /// For people, for example `2 CPUs, 23 GiB, 1 x NVIDIA L4`.
  public String description() {
    StringBuilder text = new StringBuilder();
    text.append(number(cpus)).append(cpus == 1 ? " CPU, " : " CPUs, ");
    text.append(gib(memoryBytes)).append(" GiB");
    accelerators.forEach(
        (name, count) -> text.append(", ").append(count).append(" x ").append(name));
    return text.toString();
  }

  private Optional<String> cpus(Resources.@Nullable Amount wish) {
    return unless(
        wish == null || cpus >= wish.value(), "has " + number(cpus) + " CPUs" + expected(wish));
  }

  private Optional<String> memory(Resources.@Nullable Amount wish) {
    return unless(
        wish == null || memoryBytes / GIB >= wish.value() * MEMORY_TOLERANCE,
        "has " + gib(memoryBytes) + " GiB of memory" + expected(wish));
  }

  private static String expected(Resources.@Nullable Amount wish) {
    return wish == null ? "" : " (expected: >= " + number(wish.value()) + ")";
  }

  private Optional<String> accelerators(Map<String, Double> wishes) {
    for (Map.Entry<String, Double> wish : wishes.entrySet()) {
      int have = count(wish.getKey());
      if (have < wish.getValue()) {
        return Optional.of(
            "has %d %s (expected: >= %s)".formatted(have, wish.getKey(), number(wish.getValue())));
      }
    }
    return Optional.empty();
  }

  /// `H100` and `A100-80GB` fit the driver's `NVIDIA H100 80GB HBM3` and `NVIDIA A100-SXM4-80GB`:
  /// every part of the wished name is a word of the model's.
  public static boolean isModel(String wished, String model) {
    return words(model).containsAll(words(wished));
  }

  private int count(String wished) {
    return accelerators.entrySet().stream()
        .filter(model -> isModel(wished, model.getKey()))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private static List<String> words(String name) {
    return List.of(name.toUpperCase(Locale.ROOT).split("[^A-Z0-9]+"));
  }

  private static String gib(long bytes) {
    return number(Math.round(bytes / GIB * 10) / 10.0);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static Optional<String> unless(boolean ok, String reason) {
    return ok ? Optional.empty() : Optional.of(reason);
  }
}
