package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.log.SizeBoundedLog;
import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.process.ReplicaProcesses;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.api.wire.AgentReport.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/// An agent inside the test's JVM, with real processes below it and a [FakeController] before it.
/// [#close] ends it and fails when anything is left.
final class RunningAgent implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  final FakeController controller;
  private final AgentBoot boot;
  private final Supervisor supervisor;
  private final Thread thread;

  RunningAgent(TestBoot boot) {
    this.controller = new FakeController();
    this.boot = boot.to(controller.url());
    this.supervisor = new Supervisor(this.boot);
    this.thread = Thread.ofPlatform().name("agent").start(this::live);
  }

  private void live() {
    SizeBoundedLog log =
        new SizeBoundedLog(Path.of(boot.folder(), "replica.log"), boot.task().logBytes());
    Map<String, String> machine =
        Map.of("PATH", System.getenv("PATH"), "HOME", boot.folder(), "AWS_SECRET", "leak");
    Replica replica = new Replica(boot, machine, new Output(log), supervisor::post);
    try {
      supervisor.run(replica, () -> new Links(boot, log, supervisor));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Waits for a report.
  AgentReport await(Predicate<AgentReport> wanted) {
    Awaitility.await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .failFast(
            "not possible any more",
            () -> !thread.isAlive() && controller.reports().stream().noneMatch(wanted))
        .until(() -> controller.reports().stream().anyMatch(wanted));
    return controller.reports().stream().filter(wanted).toList().getLast();
  }

  AgentReport await(Phase phase) {
    return await(report -> report.phase() == phase);
  }

  void stop(long graceMillis) {
    controller.send("stop", new io.fleetserve.api.wire.AgentCommand.Stop(graceMillis));
  }

  /// Waits until the agent has left.
  void awaitEnd() {
    Awaitility.await().atMost(LIMIT).until(() -> !thread.isAlive());
  }

  boolean alive() {
    return thread.isAlive();
  }

  /// Living processes of the replica, found by their mark.
  List<LinuxProcess> processes() {
    return LinuxProcess.all().stream()
        .filter(LinuxProcess::alive)
        .filter(process ->
            process
                .environment(ReplicaProcesses.ATTEMPT)
                .filter(boot.attemptId()::equals)
                .isPresent())
        .toList();
  }

  Path work(String file) {
    return Path.of(boot.folder(), "work", file);
  }

  void write(String file, String content) {
    try {
      Files.writeString(work(file), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String file) {
    try {
      return Files.readString(work(file));
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    supervisor.post(new ReplicaEvent.StopAsked(0, "end of the test"));
    awaitEnd();
    controller.close();
    List<LinuxProcess> left = processes();
    left.forEach(LinuxProcess::kill);
    assertThat(left).isEmpty();
  }
}
