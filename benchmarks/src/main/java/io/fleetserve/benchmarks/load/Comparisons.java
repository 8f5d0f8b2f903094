package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.Comparison.Aim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Makes the figures out of the samples. Pure.
final class Comparisons {
  private static final List<String> SUBJECTS =
      List.of("fleetserve", "nginx", "haproxy", "tunnel", "direct");
  private static final double WARM = 0.8;

  private final List<Sample> samples;
  private final List<StartCurve> starts;
  private final List<Comparison> all = new ArrayList<>();

  private Comparisons(List<Sample> samples, List<StartCurve> starts) {
    this.samples = samples;
    this.starts = starts;
  }

  static List<Comparison> of(List<Sample> samples, List<StartCurve> starts) {
    Comparisons made = new Comparisons(samples, starts);
    made.small();
    made.events();
    made.bodies("download");
    made.bodies("upload");
    made.tls();
    made.latency("latency-50", Aim.ratioAtMost(1.0));
    made.latency("latency-80", null);
    made.idle();
    made.growth();
    made.start();
    return made.all.stream().filter(comparison -> !comparison.subjects().isEmpty()).toList();
  }

  /// Values of the rounds of one workload by subject, in the order of the rounds.
  static Map<String, List<Double>> values(
      List<Sample> samples, String workload, ToDoubleFunction<Sample> value) {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    for (String subject : SUBJECTS) {
      List<Double> rounds =
          samples.stream()
              .filter(s -> s.workload().equals(workload) && s.subject().equals(subject))
              .map(value::applyAsDouble)
              .toList();
      if (!rounds.isEmpty()) {
        values.put(subject, rounds);
      }
    }
    return values;
  }

  /// The throughput that every proxy reached with small requests, one answer after the other: the
  /// lowest of their medians.
  static double slowest(List<Sample> samples) {
    return values(samples, "small", s -> s.outcome().perSecond()).entrySet().stream()
        .filter(subject -> !subject.getKey().equals("direct"))
        .mapToDouble(subject -> Spread.of(subject.getValue()).median())
        .min()
        .orElseThrow(() -> new IllegalStateException("no proxy answered small requests"));
  }

  private void small() {
    add("CPU per small request", "us", true, cpu("small"), Aim.ratioAtMost(0.9));
    add("small requests, one loop", "/s", false, values("small", s -> s.outcome().perSecond()));
    add("small requests per second of CPU", "/s", false, proxies("small", Sample::perCpuSecond));
  }

  private void events() {
    add("CPU per streamed event", "us", true, cpu("events"), Aim.ratioAtMost(0.85));
    add("delay of an event, p50", "us", true, values("events", s -> s.latencyMicros(50)));
    add("delay of an event, p99", "us", true, values("events", s -> s.latencyMicros(99)));
  }

  private void bodies(String workload) {
    Map<String, List<Double>> cpu = proxies(workload, Sample::proxyMicrosPerMegabyte);
    add("CPU per MB, " + workload, "us", true, cpu, Aim.ratioAtMost(1.0));
    add(workload, "MB/s", false, values(workload, Sample::megabytesPerSecond));
  }

  private void tls() {
    add("CPU per small request over TLS 1.3", "us", true, cpu("tls"), Aim.ratioAtMost(1.0));
  }

  private void latency(String workload, @Nullable Aim aimOfP99) {
    add("CPU per request, " + workload, "us", true, cpu(workload));
    for (double percentile : new double[] {50, 99, 99.9}) {
      String name = "%s p%s".formatted(workload, percentile == 99.9 ? "99.9" : (int) percentile);
      Map<String, List<Double>> whole = values(workload, s -> s.latencyMicros(percentile));
      add(name, "us", true, whole);
      add(name + " added", "us", true, added(whole), percentile == 99 ? aimOfP99 : null);
    }
  }

  private void idle() {
    add(
        "resident memory, 10,000 idle connections",
        "MB",
        true,
        proxies("idle", s -> s.residentBytes() / 1e6),
        Aim.atMost(150));
  }

  private void growth() {
    Map<String, List<Double>> growth = new LinkedHashMap<>();
    for (String subject : SUBJECTS) {
      List<Double> rounds = new ArrayList<>();
      for (Sample one : samples) {
        samples.stream()
            .filter(two -> pairs(one, two, subject))
            .forEach(two -> rounds.add(LoopGrowth.of(one, two)));
      }
      growth.put(subject, rounds);
    }
    add("capacity of 2 loops to that of 1", "x", false, growth, Aim.atLeast(1.8));
  }

  private static boolean pairs(Sample one, Sample two, String subject) {
    return one.subject().equals(subject)
        && two.subject().equals(subject)
        && one.round() == two.round()
        && one.workload().equals("loops-1")
        && one.cpu().workers() == 1 // else it is no measurement of one loop
        && two.workload().equals("loops-2");
  }

  private void start() {
    Map<String, List<Double>> first = new LinkedHashMap<>();
    Map<String, List<Double>> warm = new LinkedHashMap<>();
    Map<String, List<Double>> reference = values("loops-1", s -> s.outcome().perSecond());
    for (StartCurve curve : starts) {
      List<Double> known = reference.getOrDefault(curve.subject(), List.of());
      double level = known.isEmpty() ? curve.settled() : Spread.of(known).median();
      first.computeIfAbsent(curve.subject(), name -> new ArrayList<>()).add(curve.secondsToFirst());
      warm.computeIfAbsent(curve.subject(), name -> new ArrayList<>())
          .add(curve.secondsTo(WARM * level));
    }
    add("start to the first answer", "s", true, first);
    add("start to 80 % of warm throughput", "s", true, warm, Aim.atMost(3));
  }

  private Map<String, List<Double>> cpu(String workload) {
    return proxies(workload, Sample::proxyMicrosPerCount);
  }

  private Map<String, List<Double>> values(String workload, ToDoubleFunction<Sample> value) {
    return values(samples, workload, value);
  }

  private Map<String, List<Double>> proxies(String workload, ToDoubleFunction<Sample> value) {
    Map<String, List<Double>> values = values(workload, value);
    values.remove("direct");
    return values;
  }

  /// What the proxy adds to the latency of the backend alone, round by round. Noise can make it
  /// negative.
  private static Map<String, List<Double>> added(Map<String, List<Double>> whole) {
    List<Double> direct = whole.getOrDefault("direct", List.of());
    Map<String, List<Double>> added = new LinkedHashMap<>();
    whole.forEach((subject, rounds) -> {
      if (!subject.equals("direct") && rounds.size() == direct.size()) {
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < rounds.size(); i++) {
          differences.add(rounds.get(i) - direct.get(i));
        }
        added.put(subject, differences);
      }
    });
    return added;
  }

  private void add(
      String name, String unit, boolean lessIsBetter, Map<String, List<Double>> values) {
    add(name, unit, lessIsBetter, values, null);
  }

  private void add(
      String name,
      String unit,
      boolean lessIsBetter,
      Map<String, List<Double>> values,
      @Nullable Aim aim) {
    all.add(Comparison.of(name, unit, lessIsBetter, values, aim));
  }
}
