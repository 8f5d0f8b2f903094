package io.fleetserve.benchmarks.scenarios;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Measures every scenario and writes `benchmarks/results/scenarios.json`.
///
/// Arguments: repository root, runs per figure (default 10), then names of scenarios (default all:
/// `commands`, `wake`, `kill`, `slurm`, `revoke`).
public final class ScenariosMain {
  private ScenariosMain() {}

  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]).toAbsolutePath().normalize();
    int runs = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    List<String> names =
        args.length > 2
            ? List.of(args).subList(2, args.length)
            : List.of("commands", "wake", "kill", "slurm", "revoke");
    Path folder = Files.createTempDirectory("fleetserve-scenarios");
    List<Figure> figures = new ArrayList<>();
    PrintStream out = System.out;
    for (String name : names) {
      List<Figure> measured =
          switch (name) {
            case "commands" -> CommandScenario.measure(root, folder.resolve(name), runs);
            case "wake" -> WakeScenario.measure(root, folder.resolve(name), runs);
            case "kill" -> KillScenario.measure(root, folder.resolve(name), runs);
            case "slurm" -> SlurmScenario.measure(root, folder.resolve(name), runs);
            case "revoke" -> RevokeScenario.measure(root, folder.resolve(name), runs);
            default ->
                throw new IllegalArgumentException(
                    "scenario: " + name + " (expected: commands, wake, kill, slurm or revoke)");
          };
      measured.forEach(out::println);
      figures.addAll(measured);
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("time", Instant.now().toString());
    result.put("java", Runtime.version().toString());
    result.put("processors", Runtime.getRuntime().availableProcessors());
    result.put("loadAverage", Files.readString(Path.of("/proc/loadavg")).strip());
    result.put("figures", figures);
    JsonMapper.builder()
        .build()
        .writerWithDefaultPrettyPrinter()
        .writeValue(
            Files.createDirectories(root.resolve("benchmarks/results")).resolve("scenarios.json"),
            result);
  }
}
