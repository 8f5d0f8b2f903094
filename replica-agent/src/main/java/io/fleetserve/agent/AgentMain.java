package io.fleetserve.agent;

import io.fleetserve.api.log.SizeBoundedLog;
import io.fleetserve.api.unit.FileErrors;
import io.fleetserve.api.wire.AgentBoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Starts a replica's agent: `AgentMain BOOT.json`.
///
/// Exit codes: 0 when everything of the replica was ended, 1 when it could not start, 2 for wrong
/// usage. SIGTERM ends the replica as the controller's stop does.
public final class AgentMain {
  private AgentMain() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 1) {
      System.err.println("usage: fleetserve-agent BOOT.json");
      System.exit(2);
    }
    try {
      run(WireReader.boot(Files.readAllBytes(Path.of(args[0]))));
    } catch (IOException e) {
      System.err.println(FileErrors.describe(e));
      System.exit(1);
    } catch (IllegalArgumentException e) {
      System.err.println(args[0] + ": " + e.getMessage());
      System.exit(1);
    }
  }

  private static void run(AgentBoot boot) throws InterruptedException {
    SizeBoundedLog log =
        new SizeBoundedLog(
            Path.of(boot.folder(), "replica.log"),
            Math.max(SizeBoundedLog.MIN_BYTES, boot.task().logBytes()));
    Supervisor supervisor = new Supervisor(boot);
    Replica replica = new Replica(boot, System.getenv(), new Output(log), supervisor::post);
    Thread hook =
        new Thread(
            () -> {
              supervisor.stop("the agent was told to end by a signal");
              supervisor.awaitEnd();
            },
            "signal");
    Runtime.getRuntime().addShutdownHook(hook);
    supervisor.run(replica, () -> new Links(boot, log, supervisor));
  }
}
