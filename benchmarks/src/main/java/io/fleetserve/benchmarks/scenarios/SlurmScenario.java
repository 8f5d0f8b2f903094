package io.fleetserve.benchmarks.scenarios;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.slurm.SlurmCluster;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A chat at zero replicas of a service on Slurm, with the tiny model: until it is answered, which
/// includes the decision, `sbatch`, the job's start, the join of its agent, and the load of the
/// model. The first one also unpacks the agent on the node, and is not counted. Needs root and
/// Slurm; measures nothing without them.
final class SlurmScenario {
  private SlurmScenario() {}

  static List<Figure> measure(Path root, Path folder, int runs)
      throws IOException, InterruptedException {
    if (SlurmCluster.missing().isPresent()) {
      return List.of();
    }
    List<Double> answered = new ArrayList<>();
    Path file = service(root, Files.createDirectories(folder));
    try (SlurmCluster cluster = SlurmCluster.start();
        Fleet fleet = Fleet.create(root, folder, cluster.config())) {
      fleet.must("up", file.toString());
      HttpRequest chat = Chat.request(fleet.url("night"), Chat.FRANCE, false);
      for (int run = 0; run <= runs; run++) {
        fleet.await(
            "zero replicas",
            Duration.ofSeconds(90),
            () -> fleet.status("night").get("status").asString().equals("NO_REPLICA"));
        long asked = System.nanoTime();
        int status = Chat.send(chat).statusCode();
        if (status != 200) {
          throw new IllegalStateException("chat at zero replicas answered with " + status);
        }
        if (run > 0) {
          answered.add((System.nanoTime() - asked) / 1e6);
        }
      }
    }
    return List.of(
        new Figure("chat at zero replicas on Slurm -> answered", "ms", "< 3000", answered));
  }

  private static Path service(Path root, Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("night.yaml"),
        """
        name: night
        service:
          readiness_probe: /health
          replica_policy: {min_replicas: 0, max_replicas: 1, downscale_delay_seconds: 0}
          autoscaling: {metric: concurrency, target: 4, window_seconds: 1, panic_window_seconds: 1}
          drain: {timeout_seconds: 1, grace_seconds: 1}
        resources: {infra: slurm/test/ondemand}
        workdir: %s
        run: exec bin/tiny-llm-server --host 0.0.0.0 --port $PORT
        """
            .formatted(root.resolve("examples/tiny-llm/target/tiny-llm")));
  }
}
