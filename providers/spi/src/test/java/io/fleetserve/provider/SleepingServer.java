package io.fleetserve.provider;

import io.fleetserve.api.wire.AgentBoot;
import java.util.Map;

/// What an agent is started with in providers' tests: a server that sleeps, asked by nobody.
public final class SleepingServer {
  private SleepingServer() {}

  /// For the first version of the owner's service.
  public static AgentBoot boot(Ownership owner, String attempt) {
    return new AgentBoot(
        owner.installationId(),
        owner.service(),
        owner.replicaId(),
        owner.generation(),
        1,
        attempt,
        "http://127.0.0.1:9",
        "token",
        null,
        "",
        new AgentBoot.ReplicaTask(
            null,
            "exec sleep 1000",
            Map.of(),
            "127.0.0.1",
            0,
            null,
            Map.of(),
            0,
            0,
            1 << 20,
            new AgentBoot.RestartRule("never", 0),
            1000),
        new AgentBoot.ProbeRule("/", null, Map.of(), 600_000, 1000, 1000, 1000));
  }
}
