package io.fleetserve.agent;

import io.fleetserve.api.process.ControlGroup;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// Starts `setup` or `run`: bash in a session of its own, inside the replica's control group, its
/// output into [Output]. Immutable.
///
/// @param work folder to start in
/// @param group that the process enters before anything of the script runs
/// @param memoryBytes limit where the control group cannot hold it: then `ulimit -d`; 0 means none
/// @param niceness where the control group cannot limit CPUs: then a lower priority; 0 means none
record ServerProcess(
    File work,
    Map<String, String> environment,
    ControlGroup group,
    long memoryBytes,
    int niceness,
    Output output) {
  private static final File NULL = new File("/dev/null");

  /// Longest script that the kernel takes as an argument, with room to spare.
  private static final int MAX_ARGUMENT = 100_000;

  /// How long an ended process's last output is waited for, when a child keeps the pipe open.
  private static final long OUTPUT_PATIENCE_MILLIS = 300;

  /// Spawns the script; `started` is called with the pid before `ended` can be, which is called
  /// once, on another thread.
  ///
  /// @param what `setup` or `run`, for thread names
  /// @return the pid, which is also the session's id
  long spawn(String what, String script, LongConsumer started, Consumer<ServerExit> ended)
      throws IOException {
    output.forget();
    long kills = group.memoryKills();
    ProcessBuilder builder = new ProcessBuilder(command(script));
    builder.directory(work);
    builder.redirectInput(NULL);
    builder.redirectErrorStream(true);
    Map<String, String> own = builder.environment();
    own.clear();
    own.putAll(environment);
    Process process = builder.start();
    started.accept(process.pid());
    Thread reader = start(what + "-output", () -> output.drain(process.getInputStream()));
    start(what + "-exit", () -> ended.accept(await(process, reader, kills)));
    return process.pid();
  }

  private List<String> command(String script) throws IOException {
    List<String> command = new ArrayList<>();
    if (niceness != 0) {
      command.addAll(List.of("nice", "-n", Integer.toString(niceness)));
    }
    command.addAll(List.of("setsid", "bash"));
    // On the script's first line, so that bash counts its lines as the file does.
    String whole = prefix() + script;
    if (whole.length() <= MAX_ARGUMENT) {
      command.addAll(List.of("-c", whole));
    } else {
      Path file = work.toPath().resolveSibling("script.sh");
      java.nio.file.Files.writeString(file, whole);
      command.add(file.toString());
    }
    return command;
  }

  private String prefix() {
    StringBuilder prefix = new StringBuilder();
    for (Path entrance : group.entrances()) {
      prefix.append("echo $$ >").append(quoted(entrance.toString())).append("; ");
    }
    if (memoryBytes > 0 && !group.limitsMemory()) {
      prefix.append("ulimit -d ").append(Math.max(1, memoryBytes >> 10)).append("; ");
    }
    return prefix.isEmpty() ? "" : "{ " + prefix + "} 2>/dev/null; ";
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private ServerExit await(Process process, Thread reader, long killsBefore) {
    try {
      int code = process.waitFor();
      reader.join(OUTPUT_PATIENCE_MILLIS);
      boolean outOfMemory = code == 137 && group.memoryKills() > killsBefore;
      return new ServerExit(code, output.lastLine(), outOfMemory);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private static Thread start(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name(name).start(work);
  }

  @Override
  public String toString() {
    return "ServerProcess[" + work + "]"; // the environment holds secrets
  }
}
