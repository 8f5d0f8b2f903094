package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.wire.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;

/// All results of one run.
///
/// @param load average over one minute before the run
/// @param versions of the proxies, as they tell it
record Report(
    LoadOptions options,
    double load,
    Map<String, String> versions,
    List<Comparison> comparisons,
    List<Sample> samples,
    List<StartCurve> starts,
    List<String> warnings) {
  Report {
    comparisons = List.copyOf(comparisons);
    samples = List.copyOf(samples);
    starts = List.copyOf(starts);
    warnings = List.copyOf(warnings);
  }

  /// Writes the JSON file and returns its path.
  Path write(Path file) throws IOException {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("time", Instant.now().toString());
    result.put("machine", machine());
    result.put("java", Runtime.version().toString());
    result.put("loadAverage", load);
    result.put("rounds", options.rounds());
    result.put("seconds", options.seconds());
    result.put("versions", versions);
    result.put("comparisons", comparisons);
    result.put("warnings", warnings.stream().distinct().toList());
    result.put("samples", samples.stream().map(Report::numbers).toList());
    result.put("histograms", histograms());
    result.put("starts", starts);
    Files.createDirectories(file.getParent());
    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValue(file, result);
    return file;
  }

  /// Latencies of all rounds of a workload and subject together.
  Histogram latency(String workload, String subject) {
    Histogram sum = new Histogram(3);
    sum.setAutoResize(true);
    samples.stream()
        .filter(s -> s.workload().equals(workload) && s.subject().equals(subject))
        .forEach(s -> sum.add(Outcome.decode(s.outcome().latency())));
    return sum;
  }

  private Map<String, String> histograms() {
    Map<String, String> histograms = new LinkedHashMap<>();
    samples.stream()
        .filter(s -> s.workload().startsWith("latency") || s.workload().equals("events"))
        .forEach(s ->
            histograms.computeIfAbsent(
                s.workload() + " " + s.subject(),
                key -> Outcome.encode(latency(s.workload(), s.subject()))));
    return histograms;
  }

  private static Map<String, Object> numbers(Sample sample) {
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("workload", sample.workload());
    numbers.put("subject", sample.subject());
    numbers.put("round", sample.round());
    numbers.put("seconds", sample.outcome().seconds());
    numbers.put("count", sample.outcome().count());
    numbers.put("bytes", sample.outcome().bytes());
    numbers.put("errors", sample.outcome().errors());
    numbers.put("connected", sample.outcome().connected());
    numbers.put("cpuNanos", sample.cpu());
    numbers.put("proxyShare", sample.proxyShare());
    numbers.put("clientShare", sample.clientShare());
    numbers.put("backendShare", sample.backendShare());
    numbers.put("idleShare", sample.idleShare());
    numbers.put("stealShare", sample.stealShare());
    numbers.put("residentBytes", sample.residentBytes());
    numbers.put("proportionalBytes", sample.proportionalBytes());
    numbers.put("p50Micros", sample.latencyMicros(50));
    numbers.put("p99Micros", sample.latencyMicros(99));
    numbers.put("p999Micros", sample.latencyMicros(99.9));
    numbers.put("clientLateP99Micros", sample.latenessMicros(99));
    return numbers;
  }

  private static Map<String, Object> machine() throws IOException {
    String model =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .orElse("unknown");
    return Map.of(
        "processor",
        model,
        "processors",
        Runtime.getRuntime().availableProcessors(),
        "kernel",
        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
  }
}
