package io.fleetserve.provider.local;

import io.fleetserve.api.process.ControlGroup;
import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.process.ReplicaProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Ends whatever is left of a replica and removes its traces: processes, control group, links,
/// folder. May be repeated, and may be called side by side. Thread-safe.
///
/// @param home the provider's folder
record ReplicaEnd(Path home) {
  private static final long PATIENCE_MILLIS = 5_000;

  /// Living processes of the attempt.
  List<LinuxProcess> processes(String attemptId, ReplicaFolder folder) {
    return finder(attemptId, folder, folder.group()).alive();
  }

  private static ReplicaProcesses finder(
      String attemptId, ReplicaFolder folder, ControlGroup group) {
    Set<Long> spared = Set.of(ProcessHandle.current().pid());
    ReplicaProcesses processes = new ReplicaProcesses(attemptId, spared, group);
    folder
        .readAgent()
        .filter(agent -> LinuxProcess.alive(agent.pid(), agent.startTicks()))
        .ifPresent(agent -> processes.addSession(agent.pid()));
    return processes;
  }

  /// @throws IOException when a process does not end or a file cannot be removed
  void end(String attemptId, ReplicaFolder folder) throws IOException {
    boolean ours = folder.readBoot().map(boot -> boot.attemptId().equals(attemptId)).orElse(true);
    ControlGroup group = ours ? folder.group() : ControlGroup.NONE;
    ReplicaProcesses processes = finder(attemptId, folder, group);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    List<LinuxProcess> alive = processes.alive();
    while (!alive.isEmpty()) {
      if (System.nanoTime() > end) {
        throw new IOException("SIGKILL did not end: " + ReplicaProcesses.pids(alive));
      }
      processes.kill();
      pause();
      alive = processes.alive();
    }
    group.remove();
    if (ours) {
      removeLinks(folder);
      folder.delete();
    }
  }

  /// A link goes with the last replica that wanted it.
  private void removeLinks(ReplicaFolder folder) throws IOException {
    Set<Path> links = new HashSet<>(folder.links());
    if (links.isEmpty()) {
      return;
    }
    for (ReplicaFolder other : LocalProvider.folders(home)) {
      if (!other.path().equals(folder.path())) {
        other.links().forEach(links::remove);
      }
    }
    for (Path link : links) {
      if (Files.isSymbolicLink(link)) {
        Files.deleteIfExists(link);
      }
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
