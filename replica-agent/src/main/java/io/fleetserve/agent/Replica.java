package io.fleetserve.agent;

import io.fleetserve.api.process.ControlGroup;
import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.process.ReplicaProcesses;
import io.fleetserve.api.unit.FileErrors;
import io.fleetserve.api.wire.AgentBoot;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The replica as this machine has it: its folder, its port, its processes. Carries out what needs
/// them. Used by the supervisor's thread only, but for the events it sends.
final class Replica {
  /// Name of the file in the replica's folder with one control group folder a line.
  static final String GROUPS = "groups";

  private static final int LOWER_PRIORITY = 5;
  private static final long RESTART_PATIENCE_MILLIS = 2_000;

  private final AgentBoot boot;
  private final Map<String, String> machine;
  private final Consumer<ReplicaEvent> events;
  private final Output output;
  private final File work;
  private final boolean limited;
  private final ReplicaProcesses processes;
  private ControlGroup group;
  private int port;
  private @Nullable Preparation preparation;
  private @Nullable Thread preparing;

  /// @param machine the agent's own environment
  Replica(
      AgentBoot boot, Map<String, String> machine, Output output, Consumer<ReplicaEvent> events) {
    this.boot = boot;
    this.machine = machine;
    this.events = events;
    this.output = output;
    this.work = new File(boot.folder(), "work");
    this.port = boot.task().port();
    this.limited = boot.task().memoryBytes() > 0 || boot.task().cpus() > 0;
    this.group = limited ? controlGroup(boot) : ControlGroup.NONE;
    this.processes =
        new ReplicaProcesses(boot.attemptId(), Set.of(ProcessHandle.current().pid()), this.group);
  }

  private static ControlGroup controlGroup(AgentBoot boot) {
    ControlGroup group =
        ControlGroup.create(
            "fleetserve-" + boot.attemptId(), boot.task().memoryBytes(), boot.task().cpus());
    try {
      StringBuilder folders = new StringBuilder();
      group.folders().forEach(folder -> folders.append(folder).append('\n'));
      Files.writeString(Path.of(boot.folder(), GROUPS), folders);
      return group;
    } catch (IOException unwritable) {
      // What is not noted down could not be removed by the provider.
      group.remove();
      return ControlGroup.NONE;
    }
  }

  int port() {
    return port;
  }

  void prepare() {
    Preparation next = new Preparation(boot, Path.of(machine.getOrDefault("HOME", boot.folder())));
    preparation = next;
    preparing = Thread.ofPlatform().daemon().name("prepare").start(() -> events.accept(next.run()));
  }

  void runSetup() {
    String setup = boot.task().setup();
    spawn(
        "setup",
        setup == null ? "" : setup,
        pid -> {},
        exit -> events.accept(new ReplicaEvent.SetupEnded(exit)));
  }

  void spawnRun(int spawn) {
    if (spawn > 1) {
      killRest();
    }
    spawn(
        "run",
        boot.task().run(),
        pid -> events.accept(new ReplicaEvent.Spawned(pid)),
        exit -> events.accept(new ReplicaEvent.Exited(spawn, exit)));
  }

  private void spawn(String what, String script, LongConsumer started, Consumer<ServerExit> ended) {
    try {
      if (!work.isDirectory() && !work.mkdirs()) {
        throw new IOException(work + ": folder cannot be made");
      }
      if (port == 0) {
        port = FreePort.choose(ProcessHandle.current().pid());
      }
      AgentBoot.ReplicaTask task = boot.task();
      ServerProcess process =
          new ServerProcess(
              work,
              ServerEnvironment.of(machine, boot, port),
              limited ? group : ControlGroup.NONE,
              task.memoryBytes(),
              task.cpus() > 0 && !group.limitsCpu() ? LOWER_PRIORITY : 0,
              output);
      long pid = process.spawn(what, script, started, ended);
      processes.addSession(pid);
      hold(pid);
    } catch (IOException e) {
      events.accept(
          new ReplicaEvent.SpawnFailed(what + " could not be started: " + FileErrors.describe(e)));
    }
  }

  /// Without limits the group only holds the processes together, beside three other ways to find
  /// them. Making it and moving into it may take 10 ms each, so it is done after the spawn.
  private void hold(long pid) {
    if (limited) {
      return;
    }
    if (group.folders().isEmpty()) {
      group = controlGroup(boot);
      processes.setGroup(group);
    }
    group.enter(pid);
  }

  /// A restarted server needs the port that a left child of its predecessor may still hold.
  private void killRest() {
    long end = System.nanoTime() + RESTART_PATIENCE_MILLIS * 1_000_000;
    while (!processes.alive().isEmpty() && System.nanoTime() < end) {
      processes.kill();
    }
  }

  void terminate() {
    if (preparation != null) {
      preparation.cancel();
    }
    processes.terminate();
  }

  void kill() {
    processes.kill();
  }

  /// What still lives, for a message; empty when nothing does.
  String alive() {
    if (preparing != null && preparing.isAlive()) {
      return "the copy of its files";
    }
    List<LinuxProcess> alive = processes.alive();
    return ReplicaProcesses.pids(alive);
  }

  /// Leaves a sign that the end was orderly, and removes the control group.
  void leave() {
    group.remove();
    try {
      Files.writeString(Path.of(boot.folder(), "ended"), "");
    } catch (IOException ignored) {
      // Disk full or folder gone: then the provider calls the end a failure.
    }
  }
}
