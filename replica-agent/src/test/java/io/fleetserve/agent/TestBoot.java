package io.fleetserve.agent;

import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentBoot.ProbeRule;
import io.fleetserve.api.wire.AgentBoot.ReplicaTask;
import io.fleetserve.api.wire.AgentBoot.RestartRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A boot file in the making, with patient defaults. Immutable.
record TestBoot(
    Path folder,
    String run,
    @Nullable String setup,
    Map<String, String> env,
    @Nullable String workdir,
    Map<String, String> mounts,
    long memoryBytes,
    long logBytes,
    RestartRule restart,
    ProbeRule probe) {
  static final ProbeRule PROBE =
      new ProbeRule("/health", null, Map.of(), 60_000, 5_000, 50, 60_000);

  private static final AtomicInteger COUNTER = new AtomicInteger();

  static TestBoot of(Path folder, String run) {
    return new TestBoot(
        folder,
        run,
        null,
        Map.of(),
        null,
        Map.of(),
        0,
        4 << 20,
        new RestartRule("never", 0),
        PROBE);
  }

  /// The server of `server.py`.
  static String server(Path folder) {
    try (var script = TestBoot.class.getResourceAsStream("server.py")) {
      Path file = folder.resolve("server.py");
      Files.write(file, java.util.Objects.requireNonNull(script).readAllBytes());
      return "exec python3 " + file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TestBoot withSetup(String script) {
    return new TestBoot(
        folder, run, script, env, workdir, mounts, memoryBytes, logBytes, restart, probe);
  }

  TestBoot withEnv(Map<String, String> values) {
    return new TestBoot(
        folder, run, setup, values, workdir, mounts, memoryBytes, logBytes, restart, probe);
  }

  TestBoot withFiles(@Nullable String source, Map<String, String> targets) {
    return new TestBoot(
        folder, run, setup, env, source, targets, memoryBytes, logBytes, restart, probe);
  }

  TestBoot withMemory(long bytes) {
    return new TestBoot(folder, run, setup, env, workdir, mounts, bytes, logBytes, restart, probe);
  }

  TestBoot withLog(long bytes) {
    return new TestBoot(
        folder, run, setup, env, workdir, mounts, memoryBytes, bytes, restart, probe);
  }

  TestBoot withRestart(String policy, int max) {
    return new TestBoot(
        folder,
        run,
        setup,
        env,
        workdir,
        mounts,
        memoryBytes,
        logBytes,
        new RestartRule(policy, max),
        probe);
  }

  TestBoot withProbe(ProbeRule rule) {
    return new TestBoot(
        folder, run, setup, env, workdir, mounts, memoryBytes, logBytes, restart, rule);
  }

  AgentBoot to(String controllerUrl) {
    Path replica = folder.resolve("replicas/svc-1-1");
    try {
      Files.createDirectories(replica.resolve("work"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new AgentBoot(
        "test",
        "svc",
        1,
        1,
        1,
        "t%dn%d".formatted(ProcessHandle.current().pid(), COUNTER.incrementAndGet()),
        controllerUrl,
        "secret-token",
        null,
        false,
        replica.toString(),
        new ReplicaTask(
            setup,
            run,
            env,
            "127.0.0.1",
            0,
            workdir,
            mounts,
            memoryBytes,
            0,
            logBytes,
            restart,
            1_000),
        probe);
  }
}
