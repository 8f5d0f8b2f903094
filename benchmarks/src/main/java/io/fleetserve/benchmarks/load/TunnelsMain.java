package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.backend.BackendMain;
import io.fleetserve.benchmarks.load.proc.ProcFiles;
import io.fleetserve.benchmarks.load.proc.ProcessCpu;
import io.fleetserve.benchmarks.load.subject.TunnelAgentMain;
import io.fleetserve.benchmarks.load.subject.TunnelFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Many agents on one load balancer: what their tunnels cost while nothing is asked, and how long
/// until all have dialled again after it was killed and started anew. Prints the figures and writes
/// `benchmarks/results/tunnels.json`.
///
/// Arguments: repository root, then the number of agents, 1-5000; 1000 without.
public final class TunnelsMain {
  private static final int LINKS = 2;
  private static final int MOST = 5_000;
  private static final int RESTARTS = 3;
  private static final Duration IDLE = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /// A page of metrics of 1,000 replicas costs 20 ms: asked seldom, it does not count.
  private static final long LOOK_MILLIS = 500;

  /// Half a megabyte each: they are all in one process here.
  private static final String AGENTS_HEAP = "4g";

  /// The figures.
  ///
  /// @param residentBytes of the load balancer when its tunnels had been idle for 20 s
  /// @param cpuShare of one processor that it used in those 20 s
  private record Figures(
      int agents,
      int tunnels,
      long residentBytes,
      long proportionalBytes,
      double cpuShare,
      List<Back> restarts) {}

  /// One restart.
  ///
  /// @param seconds from the kill until the last agent was back, the load balancer's start included
  /// @param balancerCpuSeconds that the load balancer used since its start
  /// @param agentsCpuSeconds that all agents together used since the kill; in life each has a
  ///   machine of its own, here they share the load balancer's processors
  private record Back(double seconds, double balancerCpuSeconds, double agentsCpuSeconds) {}

  private TunnelsMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path root = Path.of(args[0]);
    int agents = args.length < 2 ? 1_000 : Integer.parseInt(args[1]);
    if (agents < 1 || agents > MOST) {
      System.err.println("agents: " + agents + " (expected: 1-" + MOST + ")");
      System.exit(2);
    }
    Path folder = Files.createTempDirectory("fleetserve-tunnels");
    Figures figures = measure(root, folder, agents);
    LoadMain.delete(folder);
    System.out.println(figures);
    ResultFile.write(root, "tunnels", figures, System.out);
  }

  private static Figures measure(Path root, Path folder, int agents)
      throws IOException, InterruptedException {
    try (ChildProcess backend = ChildProcess.start(BackendMain.class, "1")) {
      int port = Integer.parseInt(backend.hear(PATIENCE).strip());
      try (TunnelFleet fleet = new TunnelFleet(root, folder, agents, port);
          ChildProcess all =
              ChildProcess.start(
                  AGENTS_HEAP,
                  TunnelAgentMain.class,
                  fleet.agentArguments().toArray(String[]::new))) {
        awaitAll(fleet, agents);
        fleet.request();
        ProcessCpu before = ProcFiles.cpu(fleet.process());
        Thread.sleep(IDLE);
        double share = (double) ProcFiles.cpu(fleet.process()).since(before) / IDLE.toNanos();
        long resident = ProcFiles.residentBytes(fleet.process());
        long proportional = ProcFiles.proportionalBytes(fleet.process());
        List<Back> back = new ArrayList<>();
        for (int i = 0; i < RESTARTS; i++) {
          back.add(restart(fleet, all.process().toHandle(), agents));
          fleet.request();
        }
        return new Figures(agents, agents * LINKS, resident, proportional, share, back);
      }
    }
  }

  private static Back restart(TunnelFleet fleet, ProcessHandle agents, int count)
      throws IOException, InterruptedException {
    ProcessCpu before = ProcFiles.cpu(agents);
    long killed = System.nanoTime();
    fleet.restart();
    awaitAll(fleet, count);
    return new Back(
        (System.nanoTime() - killed) / 1e9,
        ProcFiles.cpu(fleet.process()).statNanos() / 1e9,
        ProcFiles.cpu(agents).since(before) / 1e9);
  }

  private static void awaitAll(TunnelFleet fleet, int agents) throws InterruptedException {
    long start = System.nanoTime();
    int seen;
    while ((seen = fleet.tunnels()) < agents * LINKS) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new LoadFailedException(
            seen + " of " + agents * LINKS + " tunnels within " + PATIENCE);
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }
}
