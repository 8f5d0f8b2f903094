package io.fleetserve.benchmarks.sim.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The loads that policies are compared on.
final class Loads {
  /// Of the shapes.
  private static final double SECONDS = 7200;

  /// Of a request of the shapes and of Azure Functions, on average.
  private static final double SERVICE = 4.2;

  private static final int DAY = 1440;

  /// Requests of Azure Functions are counted in thousands a minute; a service of this size gets one
  /// of so many.
  private static final double FUNCTIONS_SHARE = 500;

  private Loads() {}

  /// Shapes alone where `data` is missing.
  static List<Workload> all(Path data, long seed) throws IOException {
    List<Workload> all = new ArrayList<>();
    if (Files.isDirectory(data)) {
      Path conversation = data.resolve("azure-llm-2023-conv.csv");
      all.add(Workloads.azure(conversation, "azure-conversation", 6, seed));
      all.add(Workloads.azure(data.resolve("azure-llm-2023-code.csv"), "azure-code", 12, seed));
    }
    all.addAll(shapes(seed));
    if (Files.isDirectory(data)) {
      double[] minutes = Workloads.minutes(data.resolve("maf-minutes.csv"));
      for (int day : new int[] {3, 27}) {
        all.add(functions(minutes, day, seed));
      }
    }
    return all;
  }

  /// Loads that no constant was chosen on; by other seeds where they are drawn by chance.
  static List<Workload> unseen(Path data, long seed) throws IOException {
    List<Workload> all = new ArrayList<>();
    if (Files.isDirectory(data)) {
      Path mooncake = data.resolve("mooncake-conversation.jsonl");
      all.add(Workloads.mooncake(mooncake, "mooncake-conversation", 4, seed));
    }
    all.addAll(shapes(seed));
    return all;
  }

  static List<Workload> shapes(long seed) {
    double third = SECONDS / 3;
    return List.of(
        Workloads.shape("constant", SECONDS, t -> 20, 20, SERVICE, seed),
        Workloads.shape(
            "noise", SECONDS, t -> 20 * (0.8 + 0.4 * noise(t, seed)), 24, SERVICE, seed),
        Workloads.shape(
            "step", SECONDS, t -> t < third || t > 2 * third ? 4 : 40, 40, SERVICE, seed),
        Workloads.shape(
            "sine", SECONDS, t -> 20 - 18 * Math.cos(2 * Math.PI * t / 3600), 38, SERVICE, seed),
        Workloads.shape("spikes", SECONDS, t -> t % 900 < 45 ? 80 : 2, 80, SERVICE, seed),
        Workloads.shape("on-off", SECONDS, t -> t % 2400 < 1200 ? 20 : 0, 20, SERVICE, seed));
  }

  /// The same number between 0 and 1 for each ten seconds.
  private static double noise(double at, long seed) {
    long bits = ((long) (at / 10)) * 0x9E3779B97F4A7C15L + seed;
    bits = (bits ^ (bits >>> 31)) * 0xBF58476D1CE4E5B9L;
    return ((bits ^ (bits >>> 29)) >>> 11) * 0x1.0p-53;
  }

  private static Workload functions(double[] minutes, int day, long seed) {
    double most = 60 * LoadSimulation.SLOTS / SERVICE;
    double[] rates =
        Arrays.stream(minutes, day * DAY, (day + 1) * DAY)
            .map(count -> Math.min(most, count / FUNCTIONS_SHARE / 60))
            .toArray();
    double peak = Arrays.stream(rates).max().orElse(1);
    return Workloads.shape(
        "azure-functions-day-" + day, DAY * 60, t -> rates[(int) (t / 60)], peak, SERVICE, seed);
  }
}
