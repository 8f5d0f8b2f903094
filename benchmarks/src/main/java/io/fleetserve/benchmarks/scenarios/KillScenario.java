package io.fleetserve.benchmarks.scenarios;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A replica's server is killed under load: how long requests are still sent to it. Read from the
/// load balancer's access log: a request with more than one attempt met the dead replica.
final class KillScenario {
  private static final JsonMapper JSON = JsonMapper.shared();

  private KillScenario() {}

  static List<Figure> measure(Path root, Path folder, int runs)
      throws IOException, InterruptedException {
    List<Double> lastSent = new ArrayList<>();
    List<Double> retried = new ArrayList<>();
    try (Fleet fleet = Fleet.create(root, folder)) {
      fleet.must("up", root.resolve("examples/tiny-llm/service.yaml").toString());
      URI url = fleet.url("tiny-llm");
      for (int run = 0; run < runs; run++) {
        try (Load load = Load.start(8, () -> Chat.models(url))) {
          int warm = load.count();
          fleet.await("load", Duration.ofSeconds(30), () -> load.count() > warm + 200);
          long server = fleet.ready("tiny-llm").getFirst().get("serverPid").asLong();
          Instant killed = Instant.now();
          ProcessHandle.of(server).orElseThrow().destroyForcibly();
          int before = load.count();
          fleet.await(
              "load after the kill", Duration.ofSeconds(30), () -> load.count() > before + 400);
          load.stop(answer -> answer.status() == 200);
          fleet.await(
              "replacement",
              Duration.ofSeconds(60),
              () -> fleet.status("tiny-llm").get("readyReplicas").asInt() == 2);
          List<Double> met = metDeadReplica(fleet, killed);
          retried.add((double) met.size());
          lastSent.add(met.stream().mapToDouble(value -> value).max().orElse(0));
        }
      }
    }
    return List.of(
        new Figure("replica killed -> last request sent to it", "ms", "< 100", lastSent),
        new Figure("requests that met the killed replica (8 in parallel)", "", "<= 8", retried));
  }

  /// Milliseconds after the kill at which each request that needed a second attempt was accepted.
  private static List<Double> metDeadReplica(Fleet fleet, Instant killed) throws IOException {
    List<Double> met = new ArrayList<>();
    for (String line : Files.readAllLines(fleet.home().resolve("logs/access.log"))) {
      JsonNode request = JSON.readTree(line);
      Instant time = Instant.parse(request.get("time").asString());
      if (request.get("attempts").asInt() > 1 && time.isAfter(killed.minusSeconds(1))) {
        met.add(Math.max(0, Duration.between(killed, time).toNanos() / 1e6));
      }
    }
    return met;
  }
}
