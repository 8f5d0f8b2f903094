package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.wire.Outcome;
import java.util.List;

/// Throughput after a start.
///
/// @param offsetSeconds from the start of the process to the first slot; below zero when the client
///   knocked first
/// @param perSecond answers a second in each slot of [Outcome#SLOT_MILLIS]
record StartCurve(String subject, int round, double offsetSeconds, List<Double> perSecond) {
  private static final double SLOT_SECONDS = Outcome.SLOT_MILLIS / 1e3;
  private static final int WINDOW = 10;

  StartCurve {
    perSecond = List.copyOf(perSecond);
  }

  static StartCurve of(String subject, int round, long startNanos, Outcome outcome) {
    List<Double> perSecond =
        outcome.timeline().stream().map(count -> count / SLOT_SECONDS).toList();
    return new StartCurve(subject, round, (outcome.beginNanos() - startNanos) / 1e9, perSecond);
  }

  /// Seconds from the start to the first answer; infinite without any.
  double secondsToFirst() {
    for (int slot = 0; slot < perSecond.size(); slot++) {
      if (perSecond.get(slot) > 0) {
        return secondsAt(slot);
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /// Seconds from the start until the throughput reaches a level and holds it for half a second on
  /// average; infinite when it never does.
  double secondsTo(double level) {
    for (int slot = 0; slot + WINDOW <= perSecond.size(); slot++) {
      double mean =
          perSecond.subList(slot, slot + WINDOW).stream()
              .mapToDouble(value -> value)
              .average()
              .orElseThrow();
      if (perSecond.get(slot) > 0 && mean >= level) {
        return secondsAt(slot);
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /// Mean of the last two seconds.
  double settled() {
    int from = Math.max(0, perSecond.size() - 42);
    return perSecond.subList(from, Math.max(from + 1, perSecond.size() - 2)).stream()
        .mapToDouble(value -> value)
        .average()
        .orElse(0);
  }

  /// Seconds from the start to the beginning of a slot; below zero before it.
  double secondsOf(int slot) {
    return offsetSeconds + slot * SLOT_SECONDS;
  }

  private double secondsAt(int slot) {
    return Math.max(0, secondsOf(slot));
  }
}
