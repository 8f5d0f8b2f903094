package io.fleetserve.benchmarks.load;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One figure of all subjects side by side.
///
/// @param subjects by name; those without a measurement are missing
/// @param ratio median of Fleetserve to the better median of nginx and HAProxy; null when one side
///   is missing, or the other's is not above zero (a difference that noise ate)
/// @param aim as text; empty without one
/// @param met null without an aim or a measurement
record Comparison(
    String name,
    String unit,
    Map<String, Spread> subjects,
    @Nullable Double ratio,
    String aim,
    @Nullable Boolean met) {
  static final String OURS = "fleetserve";
  static final List<String> OTHERS = List.of("nginx", "haproxy");

  /// What Fleetserve is to reach.
  ///
  /// @param ofRatio the limit is one of the ratio, not of the value
  /// @param atMost else at least
  record Aim(boolean ofRatio, boolean atMost, double limit) {
    static Aim ratioAtMost(double limit) {
      return new Aim(true, true, limit);
    }

    static Aim atMost(double limit) {
      return new Aim(false, true, limit);
    }

    static Aim atLeast(double limit) {
      return new Aim(false, false, limit);
    }

    boolean metBy(double value) {
      return atMost ? value <= limit : value >= limit;
    }

    @Override
    public String toString() {
      return (ofRatio ? "ratio " : "") + (atMost ? "<= " : ">= ") + limit;
    }
  }

  /// @param values of the rounds by subject
  /// @param lessIsBetter which of the others is the better one
  static Comparison of(
      String name,
      String unit,
      boolean lessIsBetter,
      Map<String, List<Double>> values,
      @Nullable Aim aim) {
    Map<String, Spread> subjects = new LinkedHashMap<>();
    values.forEach((subject, rounds) -> {
      if (!rounds.isEmpty()) {
        subjects.put(subject, Spread.of(rounds));
      }
    });
    Spread ours = subjects.get(OURS);
    OptionalDouble best = better(subjects, lessIsBetter);
    Double ratio =
        ours == null || best.isEmpty() || best.getAsDouble() <= 0
            ? null
            : Double.valueOf(ours.median() / best.getAsDouble());
    return new Comparison(
        name, unit, subjects, ratio, aim == null ? "" : aim.toString(), met(aim, ours, ratio));
  }

  private static @Nullable Boolean met(
      @Nullable Aim aim, @Nullable Spread ours, @Nullable Double ratio) {
    if (aim == null || ours == null) {
      return null;
    }
    if (!aim.ofRatio()) {
      return aim.metBy(ours.median());
    }
    return ratio == null ? null : aim.metBy(ratio);
  }

  private static OptionalDouble better(Map<String, Spread> subjects, boolean lessIsBetter) {
    Stream<Double> medians =
        subjects.entrySet().stream()
            .filter(subject -> OTHERS.contains(subject.getKey()))
            .map(subject -> subject.getValue().median());
    Comparator<Double> order = Comparator.naturalOrder();
    return medians
        .min(lessIsBetter ? order : order.reversed())
        .map(OptionalDouble::of)
        .orElse(OptionalDouble.empty());
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder("%-44s %-5s".formatted(name, unit));
    subjects.forEach(
        (subject, spread) -> line.append("  %s %.2f".formatted(subject, spread.median())));
    if (ratio != null) {
      line.append("  ratio %.2f".formatted(ratio));
    }
    if (met != null) {
      line.append("  aim ").append(aim).append(met ? "  met" : "  NOT MET");
    }
    return line.toString();
  }
}
