package io.fleetserve.provider;

import io.fleetserve.api.wire.AgentBoot;
import java.util.Map;

/// What an agent is started with in providers' tests: a server that sleeps, asked by nobody.
public final class SleepingServer {
  private SleepingServer() {}

  /// For the first version of the owner's service.
  public static AgentBoot boot(Ownership owner, String attempt) {
    return boot(owner, attempt, "token", task("exec sleep 1000", Map.of()));
  }

  /// The same with a token and a task of the test's own.
  public static AgentBoot boot(
      Ownership owner, String attempt, String token, AgentBoot.ReplicaTask task) {
    return new AgentBoot(
        owner.installationId(),
        owner.service(),
        owner.replicaId(),
        owner.generation(),
        1,
        attempt,
        "http://127.0.0.1:9",
        token,
        null,
        false,
        "",
        task,
        new AgentBoot.ProbeRule("/", null, Map.of(), 600_000, 1000, 1000, 1000));
  }

  /// What is run, without limits.
  public static AgentBoot.ReplicaTask task(String run, Map<String, String> env) {
    return task(run, env, 0, 0);
  }

  public static AgentBoot.ReplicaTask task(
      String run, Map<String, String> env, long memoryBytes, double cpus) {
    return new AgentBoot.ReplicaTask(
        null,
        run,
        env,
        "127.0.0.1",
        0,
        null,
        Map.of(),
        memoryBytes,
        cpus,
        1 << 20,
        new AgentBoot.RestartRule("never", 0),
        1000);
  }
}
