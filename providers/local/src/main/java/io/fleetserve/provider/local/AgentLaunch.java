package io.fleetserve.provider.local;

import io.fleetserve.api.process.LinuxProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Starts agents: in a session of their own, without a terminal, output into `agent.log`.
/// Immutable.
record AgentLaunch(List<String> agentCommand) {
  private static final File NULL = new File("/dev/null");

  AgentLaunch {
    agentCommand = List.copyOf(agentCommand);
  }

  /// Starts the agent of a folder and notes down its process.
  ///
  /// @throws IOException when nothing was started, or when it could not be noted down (what was
  ///   started is ended then)
  void start(ReplicaFolder folder, AgentMark mark) throws IOException {
    checkCommand();
    List<String> command = new ArrayList<>();
    command.add("setsid"); // execs: the pid stays, and is the session's id
    command.addAll(agentCommand);
    command.add(folder.boot().toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(folder.path().toFile());
    builder.redirectInput(NULL);
    builder.redirectErrorStream(true);
    builder.redirectOutput(folder.agentLog().toFile());
    builder.environment().putAll(mark.environment());
    Process process = builder.start();
    try {
      Optional<LinuxProcess> started = LinuxProcess.of(process.pid());
      if (started.isPresent()) {
        folder.writeAgent(new ReplicaFolder.Agent(process.pid(), started.get().startTicks()));
      }
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /// `setsid` would report a missing program to `agent.log` only.
  private void checkCommand() throws IOException {
    String program = agentCommand.getFirst();
    if (program.indexOf('/') >= 0 && !Files.isExecutable(Path.of(program))) {
      throw new IOException(program + ": the agent's program is missing or not executable");
    }
  }
}
