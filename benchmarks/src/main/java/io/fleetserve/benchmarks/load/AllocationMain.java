package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.backend.BackendMain;
import io.fleetserve.benchmarks.load.client.LoadClientMain;
import io.fleetserve.benchmarks.load.subject.FreePorts;
import io.fleetserve.benchmarks.load.subject.ProxySettings;
import io.fleetserve.benchmarks.load.subject.Running;
import io.fleetserve.benchmarks.load.subject.Subject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Measures what the load balancer allocates on the heap per event, per small request and per MB,
/// with the JDK Flight Recorder; prints it and writes `benchmarks/results/allocation.json`.
///
/// Arguments: repository root.
public final class AllocationMain {
  private static final Duration START = Duration.ofSeconds(20);
  private static final int WARM_ROUNDS = 3;
  private static final int MILLIS = 10_000;

  /// A figure and where it comes from.
  ///
  /// @param bytesPerUnit heap bytes for one of `unit`
  private record Result(String unit, double bytesPerUnit, List<AllocationProfile.Site> sites) {
    Result {
      sites = List.copyOf(sites);
    }
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream out = System.out;
    Path root = Path.of(args[0]).toAbsolutePath().normalize();
    Path folder = Files.createTempDirectory("fleetserve-allocation");
    Subject subject = Subject.of(root, List.of("fleetserve"), "").getFirst();
    Map<String, Result> results = new LinkedHashMap<>();
    try (ChildProcess backend = ChildProcess.start(BackendMain.class, "2");
        ChildProcess client = ChildProcess.start(LoadClientMain.class)) {
      List<Integer> ports =
          Arrays.stream(backend.hear(START).split(" ", -1)).map(Integer::valueOf).toList();
      client.hear(START);
      Meter meter = new Meter(client, backend);
      try (Running proxy = subject.start(folder, new ProxySettings(FreePorts.next(), ports, 1))) {
        for (Workload workload :
            List.of(Workload.events(), Workload.small(), Workload.download(), Workload.upload())) {
          Result result = measure(meter, proxy, workload, folder.resolve(workload.name() + ".jfr"));
          results.put(workload.name(), result);
          out.printf(
              "%s: %.1f heap bytes per %s%n", workload.name(), result.bytesPerUnit, result.unit);
          for (AllocationProfile.Site site : result.sites) {
            out.printf("  %4.1f %%  %s  %s%n", 100 * site.share(), site.type(), site.frames());
          }
        }
      }
    }
    ResultFile.write(root, "allocation", results, out);
  }

  private static Result measure(Meter meter, Running proxy, Workload workload, Path recording)
      throws IOException, InterruptedException {
    meter.bind(proxy.process(), workload.apart());
    for (int round = 0; round < WARM_ROUNDS; round++) {
      meter.measure(workload.name(), proxy, 0, workload.order(proxy.port(), MILLIS / 2));
    }
    String name = workload.name();
    meter.begin(workload.order(proxy.port(), MILLIS));
    Thread.sleep(MILLIS / 5); // connections are open by then
    jcmd(
        proxy,
        "JFR.start",
        "name=" + name,
        "settings=none",
        "+jdk.ThreadAllocationStatistics#enabled=true",
        "+jdk.ThreadAllocationStatistics#period=everyChunk",
        "+jdk.ObjectAllocationSample#enabled=true",
        "+jdk.ObjectAllocationSample#throttle=1000/s",
        "+jdk.ObjectAllocationSample#stackTrace=true");
    Thread.sleep(MILLIS / 2);
    jcmd(proxy, "JFR.stop", "name=" + name, "filename=" + recording);
    Sample sample = meter.finish(name, proxy, 1);
    AllocationProfile profile = AllocationProfile.of(recording);
    boolean bodies = name.equals("download") || name.equals("upload");
    double units = bodies ? sample.megabytesPerSecond() : sample.outcome().perSecond();
    String unit = bodies ? "MB" : name.equals("events") ? "event" : "request";
    return new Result(
        unit, Math.round(profile.bytesPerSecond() / units * 10) / 10.0, profile.sites());
  }

  private static void jcmd(Running proxy, String... command)
      throws IOException, InterruptedException {
    long pid =
        Objects.requireNonNull(proxy.process())
            .descendants()
            .filter(process -> process.info().command().orElse("").endsWith("/java"))
            .findFirst()
            .orElseThrow(() -> new LoadFailedException("the load balancer has no process"))
            .pid();
    List<String> line =
        new java.util.ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), "" + pid));
    line.addAll(List.of(command));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String answer =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new LoadFailedException(String.join(" ", command) + ": " + answer);
    }
  }
}
