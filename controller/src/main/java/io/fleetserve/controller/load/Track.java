package io.fleetserve.controller.load;

import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.api.wire.LoadReport.ReplicaLoad;
import io.fleetserve.api.wire.LoadReport.ServiceLoad;
import io.fleetserve.api.wire.LoadReport.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// One load balancer's reports about one service, unwrapped.
///
/// @param startedAtMillis of its process
/// @param sequence of its newest report
/// @param base what to add to the totals of the current process
/// @param samples oldest first, never empty, times not falling
/// @param replicas of the newest report
record Track(
    long startedAtMillis,
    long sequence,
    Totals base,
    List<Sample> samples,
    int held,
    int inFlight,
    List<ReplicaLoad> replicas) {
  /// Silence of one process over which the curve is still drawn straight.
  private static final Duration LONGEST_GAP = Duration.ofMinutes(2);

  Track {
    samples = List.copyOf(samples);
    replicas = List.copyOf(replicas);
  }

  /// @param firstByte counts per bucket of the time to the first byte; empty for none
  record Totals(
      long arrivals,
      long concurrencyMillis,
      long heldMillis,
      long completions,
      List<Long> firstByte,
      Tokens tokens) {
    static final Totals ZERO = new Totals(0, 0, 0, 0, List.of(), Tokens.NONE);

    Totals {
      firstByte = List.copyOf(firstByte);
    }

    Totals plus(Totals other) {
      return new Totals(
          arrivals + other.arrivals,
          concurrencyMillis + other.concurrencyMillis,
          heldMillis + other.heldMillis,
          completions + other.completions,
          HistogramCounts.sum(firstByte, other.firstByte),
          tokens.plus(other.tokens));
    }

    long allTokens() {
      return tokens.prompt() + tokens.completion();
    }

    /// True when a total of a running process is below what it was.
    boolean below(Totals other) {
      return arrivals < other.arrivals
          || concurrencyMillis < other.concurrencyMillis
          || heldMillis < other.heldMillis
          || completions < other.completions
          || allTokens() < other.allTokens();
    }
  }

  /// The curve at one time.
  record Sample(Instant at, Totals totals) {}

  /// A first report. Its totals count in full when its process started within the time that is
  /// kept; else nobody knows when they came, and the curve starts flat from here.
  static Track first(String service, LoadReport report, Instant now, Duration keep) {
    Optional<ServiceLoad> load = find(service, report);
    Instant started = Instant.ofEpochMilli(report.startedAtMillis());
    List<Sample> samples = new ArrayList<>();
    if (started.isBefore(now) && Duration.between(started, now).compareTo(keep) <= 0) {
      samples.add(new Sample(started, Totals.ZERO));
    }
    samples.add(new Sample(now, totals(load)));
    return of(report, Totals.ZERO, samples, load);
  }

  Track with(String service, LoadReport report, Instant now, Duration keep) {
    boolean sameProcess = report.startedAtMillis() == startedAtMillis;
    if (report.startedAtMillis() < startedAtMillis
        || (sameProcess && report.sequence() <= sequence)) {
      return this;
    }
    Duration gap = Duration.between(last().at(), now);
    if (gap.isNegative() || gap.compareTo(sameProcess ? LONGEST_GAP : LoadWindow.FRESH) > 0) {
      // The clock jumped, or nobody knows what came in between.
      return first(service, report, now, Duration.ZERO);
    }
    Optional<ServiceLoad> load = find(service, report);
    Totals newBase = sameProcess ? base : last().totals();
    Totals next = newBase.plus(totals(load));
    if (next.below(last().totals())) {
      // Totals of a running process fell: the service was removed and made again there.
      newBase = last().totals();
      next = newBase.plus(totals(load));
    }
    List<Sample> grown = new ArrayList<>(trimmed(now.minus(keep)));
    grown.add(new Sample(now, next));
    return of(report, newBase, grown, load);
  }

  Sample last() {
    return samples.getLast();
  }

  boolean silentFor(Duration limit, Instant now) {
    return Duration.between(last().at(), now).abs().compareTo(limit) > 0;
  }

  Measurement arrivals(Duration window, Instant now) {
    return grown(Totals::arrivals, window, now);
  }

  Measurement completions(Duration window, Instant now) {
    return grown(Totals::completions, window, now);
  }

  /// Of prompts and completions, as far as answers told.
  Measurement tokens(Duration window, Instant now) {
    return grown(Totals::allTokens, window, now);
  }

  /// Answers that told their tokens.
  Measurement told(Duration window, Instant now) {
    return grown(totals -> totals.tokens().told(), window, now);
  }

  /// Answers that should have told their tokens and did not.
  Measurement silent(Duration window, Instant now) {
    return grown(totals -> totals.tokens().silent(), window, now);
  }

  Measurement concurrency(Duration window, Instant now) {
    return average(Totals::concurrencyMillis, held + inFlight, window, now);
  }

  Measurement waiting(Duration window, Instant now) {
    return average(Totals::heldMillis, held, window, now);
  }

  /// Counts per bucket of the first bytes that came between the samples around the window's ends.
  List<Long> firstBytes(Duration window, Instant now) {
    Instant from = now.minus(window);
    Sample before = samples.getFirst();
    for (Sample sample : samples) {
      if (sample.at().isAfter(from)) {
        break;
      }
      before = sample;
    }
    return HistogramCounts.difference(last().totals().firstByte(), before.totals().firstByte());
  }

  private Measurement grown(ToLongFunction<Totals> total, Duration window, Instant now) {
    Instant from = now.minus(window);
    double value = total.applyAsLong(last().totals()) - at(from, total);
    return new Measurement(Math.max(0, value), covers(from));
  }

  /// Average over the window of a quantity whose integral is `total`; `current` while nothing is
  /// known of the past.
  private Measurement average(
      ToLongFunction<Totals> total, int current, Duration window, Instant now) {
    Instant from = later(now.minus(window), samples.getFirst().at());
    double millis = Duration.between(from, last().at()).toNanos() / 1e6;
    if (millis <= 0) {
      return new Measurement(current, false);
    }
    double integral = total.applyAsLong(last().totals()) - at(from, total);
    return new Measurement(Math.max(0, integral / millis), covers(now.minus(window)));
  }

  /// The curve at `time`, in between samples on the straight line.
  private double at(Instant time, ToLongFunction<Totals> total) {
    Sample before = samples.getFirst();
    if (!time.isAfter(before.at())) {
      return total.applyAsLong(before.totals());
    }
    for (Sample sample : samples) {
      if (!sample.at().isBefore(time)) {
        double span = Duration.between(before.at(), sample.at()).toNanos();
        double part = span == 0 ? 1 : Duration.between(before.at(), time).toNanos() / span;
        long start = total.applyAsLong(before.totals());
        return start + part * (total.applyAsLong(sample.totals()) - start);
      }
      before = sample;
    }
    return total.applyAsLong(before.totals());
  }

  /// True when reports reach back to `from`.
  private boolean covers(Instant from) {
    return !samples.getFirst().at().isAfter(from);
  }

  /// Samples from the last one at or before `from` on.
  private List<Sample> trimmed(Instant from) {
    int first = 0;
    while (first + 1 < samples.size() && !samples.get(first + 1).at().isAfter(from)) {
      first++;
    }
    return samples.subList(first, samples.size());
  }

  private static Track of(
      LoadReport report, Totals base, List<Sample> samples, Optional<ServiceLoad> load) {
    return new Track(
        report.startedAtMillis(),
        report.sequence(),
        base,
        samples,
        load.map(ServiceLoad::held).orElse(0),
        load.map(ServiceLoad::inFlight).orElse(0),
        load.map(ServiceLoad::replicas).orElse(List.of()));
  }

  private static Totals totals(Optional<ServiceLoad> load) {
    return load.map(some ->
            new Totals(
                some.arrivals(),
                some.concurrencyMillis(),
                some.heldMillis(),
                some.completions(),
                some.firstByte().counts(),
                some.tokens()))
        .orElse(Totals.ZERO);
  }

  private static Optional<ServiceLoad> find(String service, LoadReport report) {
    return report.services().stream().filter(load -> load.service().equals(service)).findFirst();
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
