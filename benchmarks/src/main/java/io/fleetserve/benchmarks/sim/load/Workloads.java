package io.fleetserve.benchmarks.sim.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Loads from traces and of known shapes. The same seed gives the same load.
final class Workloads {
  private Workloads() {}

  private static final JsonMapper JSON = new JsonMapper();

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSS");

  /// Seconds that a slot works on a request with so many tokens.
  static double service(long contextTokens, long generatedTokens) {
    return 0.2 + contextTokens / 6000.0 + 0.03 * generatedTokens;
  }

  /// A trace of Azure's language models, each request `factor` times, the copies spread over the
  /// next second by chance.
  static Workload azure(Path csv, String name, int factor, long seed) throws IOException {
    List<String> lines = Files.readAllLines(csv);
    List<double[]> requests = new ArrayList<>();
    LocalDateTime start = null;
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      LocalDateTime at = LocalDateTime.parse(cells[0], TIME);
      start = start == null ? at : start;
      double seconds = Duration.between(start, at).toNanos() / 1e9;
      double service = service(Long.parseLong(cells[1]), Long.parseLong(cells[2]));
      requests.add(new double[] {seconds, service});
    }
    return multiplied(name, requests, factor, seed);
  }

  /// Mooncake's trace of conversations, multiplied in the same way.
  static Workload mooncake(Path jsonl, String name, int factor, long seed) throws IOException {
    List<double[]> requests = new ArrayList<>();
    for (String line : Files.readAllLines(jsonl)) {
      JsonNode one = JSON.readTree(line);
      double seconds = one.get("timestamp").asLong() / 1000.0;
      long input = one.get("input_length").asLong();
      requests.add(new double[] {seconds, service(input, one.get("output_length").asLong())});
    }
    return multiplied(name, requests, factor, seed);
  }

  /// Each request `factor` times, the copies spread over the next second by chance.
  private static Workload multiplied(String name, List<double[]> requests, int factor, long seed) {
    Random random = new Random(seed);
    double[][] all = new double[requests.size() * factor][];
    int n = 0;
    for (double[] one : requests) {
      for (int copy = 0; copy < factor; copy++) {
        all[n++] = new double[] {one[0] + (copy == 0 ? 0 : random.nextDouble()), one[1]};
      }
    }
    return of(name, all);
  }

  private static Workload of(String name, double[][] requests) {
    Arrays.sort(requests, (a, b) -> Double.compare(a[0], b[0]));
    double[] arrivals = new double[requests.length];
    double[] service = new double[requests.length];
    for (int i = 0; i < requests.length; i++) {
      arrivals[i] = requests[i][0];
      service[i] = requests[i][1];
    }
    return new Workload(name, arrivals, service, Math.ceil(arrivals[arrivals.length - 1]));
  }

  /// Poisson arrivals at a rate that changes over time; service times are lognormal.
  ///
  /// @param rate requests per second at a time
  /// @param most the highest rate
  static Workload shape(
      String name,
      double seconds,
      DoubleUnaryOperator rate,
      double most,
      double meanService,
      long seed) {
    Random random = new Random(seed);
    double[][] requests = new double[(int) (seconds * most * 1.2) + 1000][];
    int n = 0;
    double at = 0;
    double sigma = 0.8;
    double mu = Math.log(meanService) - sigma * sigma / 2;
    while (true) {
      at -= Math.log(1 - random.nextDouble()) / most;
      if (at >= seconds || n == requests.length) {
        break;
      }
      if (random.nextDouble() * most < rate.applyAsDouble(at)) {
        requests[n++] = new double[] {at, Math.exp(mu + sigma * random.nextGaussian())};
      }
    }
    Workload some = of(name, Arrays.copyOf(requests, n));
    return new Workload(name, some.arrivals(), some.service(), seconds);
  }

  static double[] minutes(Path csv) throws IOException {
    return Files.readAllLines(csv).stream()
        .skip(1)
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(',') + 1)))
        .toArray();
  }
}
