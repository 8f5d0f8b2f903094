package io.fleetserve.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One life of an agent, from boot file and join to an orderly end, against a stand-in for the
/// controller.
///
/// It is trained apart from the rest, because a real controller clears an agent away as soon as its
/// replica has ended, and with it the JVM that is about to write its cache.
record AgentTraining(TrainingGround ground) {
  private static final String PROBE =
      """
      "probe": {"path": "/", "postData": null, "headers": {}, "initialDelayMillis": 30000,
        "timeoutMillis": 2000, "intervalMillis": 200, "failureWindowMillis": 10000}\
      """;

  private static final String RESTART = "\"restart\": {\"policy\": \"never\", \"maxRestarts\": 0}";

  /// @param program starts an agent that makes its cache; the boot file is its last argument
  /// @throws IOException when it does not end after its stop
  void run(List<String> program) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(ground.home().resolve("agent"));
    Files.createDirectories(folder.resolve("work"));
    String rules = (PROBE + ", " + RESTART).replace("\n", " ");
    try (StandInController controller = new StandInController(folder, rules)) {
      List<String> command = new ArrayList<>(program);
      command.add(boot(folder, controller).toString());
      Process agent = ground.start("agent", command, false);
      if (!agent.waitFor(90, TimeUnit.SECONDS)) {
        agent.destroyForcibly();
        throw new IOException("the agent did not end after its stop");
      }
    }
  }

  private static Path boot(Path folder, StandInController controller) throws IOException {
    String server =
        "exec '%s/bin/jwebserver' -b 127.0.0.1 -p $PORT -d /"
            .formatted(System.getProperty("java.home"));
    return Files.writeString(
        folder.resolve("boot.json"),
        """
        {"installationId": "%s", "service": "training", "replicaId": 1, "generation": 1,
         "version": 1, "attemptId": "training", "controllerUrl": "%s", "token": "none",
         "authority": "%s", "folder": "%s",
         "task": {"setup": "echo ready", "run": "%s", "env": {"A": "b"}, "host": "127.0.0.1",
           "port": 0, "workdir": null, "fileMounts": {}, "memoryBytes": 0, "cpus": 0,
           "logBytes": 1048576, %s, "graceMillis": 2000},
         %s}
        """
            .formatted(
                StandInController.INSTALLATION,
                controller.url(),
                controller.authority().replace("\n", "\\n"),
                folder,
                server,
                RESTART,
                PROBE));
  }
}
