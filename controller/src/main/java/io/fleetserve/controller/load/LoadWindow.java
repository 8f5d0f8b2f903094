package io.fleetserve.controller.load;

import io.fleetserve.api.spec.Autoscaling.Query;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.api.wire.LoadReport.ReplicaLoad;
import io.fleetserve.controller.model.ReplicaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The load of one service over the last minutes, from the reports of any number of load balancers.
///
/// Immutable: [#with] returns the next window. Reports carry totals since the start of their
/// process, so what is lost, repeated or late does no harm: per load balancer the totals are
/// unwrapped into one curve that never falls, with a new start of the process continuing where the
/// old one was last heard. A quantity over a window is the difference of the curve at its two ends,
/// interpolated between reports. Time is the time of receipt, on this machine's clock.
///
/// A load balancer that is silent for a minute is left out as long as another one speaks; the last
/// one is never left out, so silence of all is "no data", not "no load". A clock that jumps makes
/// history unusable: it is dropped, and nothing is complete until the window is full again.
///
/// A process that is leaving, because a successor has taken over, has a curve no more: of it only
/// what is still held or in flight counts, as of its last report. A successor counts once it has
/// taken over.
///
/// Cost: one list of at most `keep` in seconds samples per load balancer.
public final class LoadWindow implements LoadView {
  /// A report older than this is not fresh: five periods of a report.
  public static final Duration FRESH = Duration.ofSeconds(5);

  private static final Duration LEFT_OUT = Duration.ofMinutes(1);

  private final String service;
  private final Duration keep;
  private final Map<String, Track> tracks;
  private final Leaving leaving;
  private final Map<Query, QueryValue> values;

  private LoadWindow(
      String service,
      Duration keep,
      Map<String, Track> tracks,
      Leaving leaving,
      Map<Query, QueryValue> values) {
    this.service = service;
    this.keep = keep;
    this.tracks = Map.copyOf(tracks);
    this.leaving = leaving;
    this.values = Map.copyOf(values);
  }

  /// Nothing measured yet.
  ///
  /// @param keep the longest window that will be asked for
  public static LoadWindow of(String service, Duration keep) {
    return new LoadWindow(service, keep, Map.of(), Leaving.NONE, Map.of());
  }

  /// The window after `report`, received at `now`. A report that does not speak of the service
  /// still tells that its load balancer lives and that the service has no load there yet.
  public LoadWindow with(LoadReport report, Instant now) {
    Track before = tracks.get(report.loadBalancerId());
    boolean succeeded = before == null || before.startedAtMillis() != report.startedAtMillis();
    if (report.phase() == LoadReport.Phase.ENDED
        || (report.phase() == LoadReport.Phase.LEAVING && succeeded)) {
      return new LoadWindow(service, keep, tracks, leaving.with(service, report, now), values);
    }
    if (report.besideMillis() != null) {
      return this;
    }
    Track after =
        before == null
            ? Track.first(service, report, now, keep)
            : before.with(service, report, now, keep);
    if (after.equals(before)) {
      return this;
    }
    Map<String, Track> next = new HashMap<>(tracks);
    next.put(report.loadBalancerId(), after);
    return new LoadWindow(service, keep, next, leaving, values);
  }

  /// The same measurements, kept for a longer or shorter time from now on.
  public LoadWindow keeping(Duration longest) {
    return longest.equals(keep) ? this : new LoadWindow(service, longest, tracks, leaving, values);
  }

  /// The window with the newest value of a question; the others that are asked are `asked`.
  public LoadWindow with(Query query, QueryValue value, Collection<Query> asked) {
    Map<Query, QueryValue> next = new HashMap<>(values);
    next.keySet().retainAll(asked);
    next.put(query, value);
    return new LoadWindow(service, keep, tracks, leaving, next);
  }

  @Override
  public boolean speaks(Instant now) {
    return tracks.values().stream().anyMatch(track -> !track.silentFor(FRESH, now));
  }

  @Override
  public boolean fresh(Instant now) {
    return lastReportAge(now).filter(age -> age.compareTo(FRESH) <= 0).isPresent();
  }

  @Override
  public Measurement requestsInLast(Duration window, Instant now) {
    return sum(window, now, Track::arrivals);
  }

  @Override
  public Measurement averageConcurrency(Duration window, Instant now) {
    Measurement sum = sum(window, now, Track::concurrency);
    double rest = leaving.held(now) + leaving.inFlight(now);
    return new Measurement(sum.value() + rest, sum.complete());
  }

  @Override
  public Measurement averageHeld(Duration window, Instant now) {
    Measurement sum = sum(window, now, Track::waiting);
    return new Measurement(sum.value() + leaving.held(now), sum.complete());
  }

  @Override
  public Measurement completionsInLast(Duration window, Instant now) {
    return sum(window, now, Track::completions);
  }

  @Override
  public OptionalDouble firstByteSeconds(double quantile, Duration window, Instant now) {
    return HistogramCounts.seconds(
        counted(now)
            .map(track -> track.firstBytes(window, now))
            .reduce(List.of(), HistogramCounts::sum),
        quantile);
  }

  @Override
  public Optional<Measurement> tokensInLast(Duration window, Instant now) {
    Measurement tokens = sum(window, now, Track::tokens);
    double told = sum(window, now, Track::told).value();
    double silent = sum(window, now, Track::silent).value();
    if (told > 0) {
      return Optional.of(
          new Measurement(tokens.value() * (told + silent) / told, tokens.complete()));
    }
    return silent > 0 || held() + inFlight() > 0 ? Optional.empty() : Optional.of(tokens);
  }

  @Override
  public OptionalDouble queried(Query query, Instant now) {
    QueryValue value = values.get(query);
    return value == null || value.isStale(now)
        ? OptionalDouble.empty()
        : OptionalDouble.of(value.value());
  }

  @Override
  public int held() {
    return newestTracks().mapToInt(Track::held).sum() + newest().map(leaving::held).orElse(0);
  }

  @Override
  public int inFlight() {
    return newestTracks().mapToInt(Track::inFlight).sum()
        + newest().map(leaving::inFlight).orElse(0);
  }

  /// Requests in flight at each replica, by the last reports; absent means 0.
  public Map<ReplicaKey, Integer> inFlightByReplica() {
    Map<ReplicaKey, Integer> sum = new TreeMap<>(ReplicaKey.ORDER);
    Stream.concat(
            newestTracks().flatMap(track -> track.replicas().stream()),
            newest().stream().flatMap(leaving::replicas))
        .forEach(load -> sum.merge(key(load), load.inFlight(), Integer::sum));
    return sum;
  }

  /// The way by which each replica is reached, by the last reports: TUNNEL where one load balancer
  /// needs it; absent before the first connection.
  public Map<ReplicaKey, NetworkMode> ways() {
    Map<ReplicaKey, NetworkMode> ways = new HashMap<>();
    newestTracks()
        .flatMap(track -> track.replicas().stream())
        .forEach(load -> {
          NetworkMode way = load.way();
          if (way != null) {
            ways.merge(key(load), way, (one, other) -> one == NetworkMode.TUNNEL ? one : other);
          }
        });
    return ways;
  }

  @Override
  public int busyReplicas() {
    return (int) inFlightByReplica().values().stream().filter(count -> count > 0).count();
  }

  public int inFlight(ReplicaKey key) {
    return inFlightByReplica().getOrDefault(key, 0);
  }

  @Override
  public Optional<Duration> lastReportAge(Instant now) {
    return counted(now)
        .map(track -> Duration.between(track.last().at(), now))
        // A clock that was set back: the report is from "the future", its age is not known.
        .map(age -> age.isNegative() ? FRESH.plusSeconds(1).plus(age.abs()) : age)
        .max(Duration::compareTo);
  }

  private ReplicaKey key(ReplicaLoad load) {
    return new ReplicaKey(service, load.replicaId(), load.generation());
  }

  private Measurement sum(Duration window, Instant now, Quantity quantity) {
    List<Measurement> parts = new ArrayList<>();
    counted(now).forEach(track -> parts.add(quantity.of(track, window, now)));
    return new Measurement(
        parts.stream().mapToDouble(Measurement::value).sum(),
        !parts.isEmpty() && parts.stream().allMatch(Measurement::complete));
  }

  /// Load balancers whose word counts at `now`.
  private Stream<Track> counted(Instant now) {
    boolean anySpeaks = tracks.values().stream().anyMatch(track -> !track.silentFor(LEFT_OUT, now));
    return tracks.values().stream().filter(track -> !anySpeaks || !track.silentFor(LEFT_OUT, now));
  }

  /// As [#counted], seen from the newest report.
  private Stream<Track> newestTracks() {
    return newest().stream().flatMap(this::counted);
  }

  private Optional<Instant> newest() {
    return Stream.concat(tracks.values().stream().map(track -> track.last().at()), leaving.times())
        .max(Instant::compareTo);
  }

  private interface Quantity {
    Measurement of(Track track, Duration window, Instant now);
  }
}
