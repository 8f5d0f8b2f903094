package io.fleetserve.benchmarks.scenarios;

import io.fleetserve.testing.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a person waits for at the shell, and what the idle programs hold in memory.
final class CommandScenario {
  private CommandScenario() {}

  static List<Figure> measure(Path root, Path folder, int runs)
      throws IOException, InterruptedException {
    String file = root.resolve("examples/tiny-llm/service.yaml").toString();
    List<Double> up = new ArrayList<>();
    List<Double> help = new ArrayList<>();
    List<Double> status = new ArrayList<>();
    List<Double> controller = new ArrayList<>();
    List<Double> loadBalancer = new ArrayList<>();
    List<Double> agent = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      try (Fleet fleet = Fleet.create(root, Files.createDirectories(folder.resolve("run" + run)))) {
        up.add(fleet.must("up", file).took().toMillis() / 1e3);
        help.add((double) fleet.must("--help").took().toMillis());
        status.add((double) fleet.must("status").took().toMillis());
        // Idle: long enough for start-up garbage and compiler threads to settle.
        java.util.concurrent.TimeUnit.SECONDS.sleep(5);
        controller.add(residentMegabytes(fleet.controllerPid()));
        loadBalancer.add(residentMegabytes(fleet.loadBalancerPid()));
        agent.add(
            residentMegabytes(
                fleet.status("tiny-llm").get("replicas").get(0).get("agentPid").asLong()));
      }
    }
    return List.of(
        new Figure("serve up, nothing running -> READY with 2 replicas", "s", "< 5", up),
        new Figure("serve --help", "ms", "< 300", help),
        new Figure("serve status", "ms", "< 500", status),
        new Figure("resident memory of the controller, idle", "MB", "< 200", controller),
        new Figure("resident memory of the load balancer, idle", "MB", "< 120", loadBalancer),
        new Figure("resident memory of an agent, idle", "MB", "< 60", agent));
  }

  private static double residentMegabytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow()
        / 1000.0;
  }
}
