package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.backend.BackendMain;
import io.fleetserve.benchmarks.load.proc.ProcFiles;
import io.fleetserve.benchmarks.load.subject.FarBackend;
import io.fleetserve.benchmarks.load.subject.TunnelAgentMain;
import io.fleetserve.testing.fleet.WanLink;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// One stream over a long way: what a tunnel carries of what a direct connection does, between a
/// load balancer here and a backend in a namespace whose packets take their time. Prints the
/// figures and writes `benchmarks/results/link.json`. Needs root and `/dev/net/tun`; measures
/// nothing without them.
///
/// Arguments: repository root, then the delay of each packet in ms, 0-500, 40 without, then rounds,
/// 1-50, 5 without.
public final class LinkMain {
  private static final int BODIES = 4;
  private static final long LOOK_MILLIS = 50;
  private static final byte[] BODY = new byte[10_000_000];
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// The figures, in MB/s.
  ///
  /// @param down bodies that the backend sends, by the way they came
  /// @param up bodies that it is sent
  /// @param downRatio median through the tunnel to median without
  private record Figures(
      double delayMillis,
      double loadAverage,
      Map<String, Spread> down,
      Map<String, Spread> up,
      double downRatio,
      double upRatio) {}

  private LinkMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Optional<String> missing = WanLink.missing();
    if (missing.isPresent()) {
      System.out.println(missing.get());
      return;
    }
    Path root = Path.of(args[0]);
    Duration delay = Duration.ofMillis(args.length < 2 ? 40 : Integer.parseInt(args[1]));
    int rounds = args.length < 3 ? 5 : Integer.parseInt(args[2]);
    Path folder = Files.createTempDirectory("fleetserve-link");
    Figures figures = measure(root, folder, delay, rounds);
    LoadMain.delete(folder);
    System.out.println(figures);
    ResultFile.write(root, "link", figures, System.out);
  }

  private static Figures measure(Path root, Path folder, Duration delay, int rounds)
      throws IOException, InterruptedException {
    double load = ProcFiles.load();
    try (WanLink link = WanLink.start(delay);
        ChildProcess backend =
            ChildProcess.start(link::far, "512m", BackendMain.class, "1", "0.0.0.0")) {
      int port = Integer.parseInt(backend.hear(PATIENCE).strip());
      try (FarBackend direct = new FarBackend(root, folder, "direct", link.there(), port, null);
          FarBackend tunnel =
              new FarBackend(root, folder, "tunnel", link.there(), port, link.near());
          ChildProcess _ =
              ChildProcess.start(
                  link::far,
                  "256m",
                  TunnelAgentMain.class,
                  tunnel.agentArguments().toArray(String[]::new));
          HttpClient client =
              HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
        List<FarBackend> ways = List.of(direct, tunnel);
        Map<String, List<Double>> down = new LinkedHashMap<>();
        Map<String, List<Double>> up = new LinkedHashMap<>();
        for (FarBackend way : ways) {
          awaitStart(client, way);
          down(client, way); // the code is compiled, connections and windows have grown
          up(client, way);
        }
        for (int round = 0; round < rounds; round++) {
          for (FarBackend way : round % 2 == 0 ? ways : ways.reversed()) {
            down.computeIfAbsent(way.name(), _ -> new ArrayList<>()).add(down(client, way));
            up.computeIfAbsent(way.name(), _ -> new ArrayList<>()).add(up(client, way));
          }
        }
        return figures(delay, load, spreads(down), spreads(up));
      }
    }
  }

  private static void awaitStart(HttpClient client, FarBackend way) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(way.url("/small")).timeout(PATIENCE).build();
    for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
      try {
        if (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException notYet) {
        Thread.sleep(LOOK_MILLIS);
      }
    }
    throw new LoadFailedException(way.name() + " does not answer within " + PATIENCE);
  }

  private static Figures figures(
      Duration delay, double load, Map<String, Spread> down, Map<String, Spread> up) {
    return new Figures(delay.toMillis(), load, down, up, ratio(down), ratio(up));
  }

  private static double ratio(Map<String, Spread> ways) {
    return Objects.requireNonNull(ways.get("tunnel")).median()
        / Objects.requireNonNull(ways.get("direct")).median();
  }

  private static Map<String, Spread> spreads(Map<String, List<Double>> values) {
    Map<String, Spread> spreads = new LinkedHashMap<>();
    values.forEach((way, all) -> spreads.put(way, Spread.of(all)));
    return spreads;
  }

  private static double down(HttpClient client, FarBackend way)
      throws IOException, InterruptedException {
    return rate(client, HttpRequest.newBuilder(way.url("/bytes")).timeout(PATIENCE).build());
  }

  private static double up(HttpClient client, FarBackend way)
      throws IOException, InterruptedException {
    return rate(
        client,
        HttpRequest.newBuilder(way.url("/sink"))
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofByteArray(BODY))
            .build());
  }

  /// MB/s of some bodies, one after the other.
  private static double rate(HttpClient client, HttpRequest request)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    for (int i = 0; i < BODIES; i++) {
      int status = client.send(request, BodyHandlers.discarding()).statusCode();
      if (status != 200) {
        throw new LoadFailedException(request.uri() + ": " + status);
      }
    }
    return (double) BODIES * BODY.length / 1e6 / ((System.nanoTime() - start) / 1e9);
  }
}
