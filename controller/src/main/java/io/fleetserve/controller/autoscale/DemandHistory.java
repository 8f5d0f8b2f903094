package io.fleetserve.controller.autoscale;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What was asked of a service over the last two hours, in spans of ten seconds, and over the day.
///
/// @param metric and target it is measured in, as text; another one starts a new history
/// @param lastSpan number of the newest span since the epoch
/// @param spans demand in replicas, oldest first; negative where nothing is known
/// @param workSeconds decayed sum of the time that requests were at work
/// @param workCount decayed number of the requests that were answered
/// @param spansSeen in all, those that are forgotten included
/// @param day demand in replicas by ten minutes of the day (UTC), newer days counting more;
///   negative where nothing is known
record DemandHistory(
    String metric,
    long lastSpan,
    List<Double> spans,
    double workSeconds,
    double workCount,
    long spansSeen,
    List<Double> day) {
  private static final int SPAN_SECONDS = 10;
  private static final int KEPT = spans(7200);
  private static final int SLOT = spans(600);
  private static final int DAY = spans(86_400);
  private static final int SLOTS = DAY / SLOT;
  private static final double UNKNOWN = -1;

  /// Requests of the last ten minutes or so tell how long one takes.
  private static final double WORK_DECAY = Math.exp(-SPAN_SECONDS / 600.0);

  /// How much of the difference a new day moves what is known of its time of day.
  private static final double DAY_SHARE = 0.5;

  static final DemandHistory NONE = new DemandHistory("", 0, List.of(), 0, 0, 0, List.of());

  DemandHistory {
    spans = List.copyOf(spans);
    day = List.copyOf(day);
  }

  static int spans(int seconds) {
    return seconds / SPAN_SECONDS;
  }

  static int seconds(int spans) {
    return spans * SPAN_SECONDS;
  }

  static Duration span() {
    return Duration.ofSeconds(SPAN_SECONDS);
  }

  /// The span that a time lies in.
  static long spanAt(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), SPAN_SECONDS);
  }

  /// This history if it is of `what`, else an empty one.
  DemandHistory of(String what) {
    return metric.equals(what) ? this : new DemandHistory(what, 0, List.of(), 0, 0, 0, List.of());
  }

  /// Demand by span, oldest first, without what is unknown.
  double[] known() {
    return spans.stream().mapToDouble(Double::doubleValue).filter(one -> one >= 0).toArray();
  }

  /// True when all of the last `time` is known.
  boolean unbroken(Duration time) {
    int count = spans((int) time.toSeconds());
    return spans.size() >= count
        && spans.subList(spans.size() - count, spans.size()).stream().allMatch(one -> one >= 0);
  }

  /// What other days had at the time of each known span and of `beyond` more; NaN for unknown.
  double[] sameTimeOfDay(int beyond) {
    int count = known().length + beyond;
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      double value = day.isEmpty() ? UNKNOWN : day.get(slot(lastSpan + beyond - (count - 1 - i)));
      // What is known of today alone is no other day.
      values[i] = value < 0 || spansSeen < DAY ? Double.NaN : value;
    }
    return values;
  }

  /// Whether so many of the newest spans are known to be of no demand.
  boolean quietFor(int count) {
    return spans.size() >= count
        && spans.subList(spans.size() - count, spans.size()).stream().allMatch(one -> one == 0);
  }

  /// Seconds that a request is at work; 0 while none was answered.
  double secondsPerRequest() {
    return workCount < 0.5 ? 0 : workSeconds / workCount;
  }

  /// The history with the demand of the span that ended with `span`. Spans in between are unknown;
  /// a span that is not newer starts over, as a clock that was set back does.
  DemandHistory with(long span, double demand, double busySeconds, double answered) {
    long missed = span - lastSpan - 1;
    List<Double> next = new ArrayList<>();
    if (missed >= 0 && missed < KEPT) {
      next.addAll(spans);
      next.addAll(Collections.nCopies((int) missed, UNKNOWN));
    }
    next.add(rounded(demand));
    double decay = Math.pow(WORK_DECAY, Math.clamp(missed + 1, 1, KEPT));
    return new DemandHistory(
        metric,
        span,
        next.subList(Math.max(0, next.size() - KEPT), next.size()),
        rounded(workSeconds * decay + busySeconds),
        rounded(workCount * decay + answered),
        spansSeen + Math.clamp(missed + 1, 1, KEPT),
        withDay(span, demand));
  }

  private List<Double> withDay(long span, double demand) {
    List<Double> next = new ArrayList<>(day.isEmpty() ? Collections.nCopies(SLOTS, UNKNOWN) : day);
    int slot = slot(span);
    double before = next.get(slot);
    double share = DAY_SHARE / SLOT;
    next.set(slot, rounded(before < 0 ? demand : before + share * (demand - before)));
    return next;
  }

  private static int slot(long span) {
    return (int) Math.floorMod(span / SLOT, (long) SLOTS);
  }

  private static double rounded(double value) {
    return Math.rint(value * 1000) / 1000;
  }
}
