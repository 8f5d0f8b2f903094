package io.fleetserve.api.process;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds every process of one replica, however it got away from its parent: by the session it was
/// started in, by the attempt's mark in its environment, by its control group, or as a child of one
/// of these. Thread-safe.
///
/// The price is a walk over `/proc`, some milliseconds: for the end of a replica, not for its life.
public final class ReplicaProcesses {
  /// Environment variable with the attempt id: on the agent and on all it starts.
  public static final String ATTEMPT = "FLEETSERVE_ATTEMPT_ID";

  /// Environment variable with the installation id.
  public static final String INSTALLATION = "FLEETSERVE_INSTALLATION";

  /// Environment variable with the machine that a replica was started for; missing on the
  /// controller's own.
  public static final String PLACE = "FLEETSERVE_PLACE";

  private final String attemptId;
  private final Set<Long> spared;
  private volatile ControlGroup group;
  private final Set<Long> sessions = new HashSet<>();

  /// @param spared pids that are never returned, such as the caller's own
  public ReplicaProcesses(String attemptId, Set<Long> spared, ControlGroup group) {
    this.attemptId = attemptId;
    this.spared = Set.copyOf(spared);
    this.group = group;
  }

  /// Counts everything in this group as the replica's from now on, instead of the group before.
  public void setGroup(ControlGroup newGroup) {
    group = newGroup;
  }

  /// Counts everything in this session as the replica's from now on.
  public synchronized void addSession(long session) {
    sessions.add(session);
  }

  /// The replica's living processes now; a process that forks meanwhile may hide a child, so ask
  /// again after ending them until none is left.
  public List<LinuxProcess> alive() {
    Set<Long> roots;
    synchronized (this) {
      roots = new HashSet<>(sessions);
    }
    Set<Long> members = new HashSet<>(group.members());
    List<LinuxProcess> rest = new ArrayList<>();
    List<LinuxProcess> found = new ArrayList<>();
    for (LinuxProcess process : LinuxProcess.all()) {
      if (!process.alive() || spared.contains(process.pid())) {
        continue;
      }
      if (roots.contains(process.session())
          || members.contains(process.pid())
          || process.environment(ATTEMPT).filter(attemptId::equals).isPresent()) {
        found.add(process);
      } else {
        rest.add(process);
      }
    }
    addDescendants(found, rest);
    return found;
  }

  private static void addDescendants(List<LinuxProcess> found, List<LinuxProcess> rest) {
    Set<Long> pids = new HashSet<>();
    found.forEach(process -> pids.add(process.pid()));
    boolean grown = true;
    while (grown) {
      grown = false;
      for (LinuxProcess process : List.copyOf(rest)) {
        if (pids.contains(process.parent())) {
          rest.remove(process);
          found.add(process);
          grown = pids.add(process.pid());
        }
      }
    }
  }

  /// Sends SIGTERM to all of them.
  public void terminate() {
    alive().forEach(LinuxProcess::terminate);
  }

  /// Sends SIGKILL to all of them. They are looked for first: a dead parent does not lead to its
  /// children any more.
  public void kill() {
    List<LinuxProcess> found = alive();
    group.kill();
    found.forEach(LinuxProcess::kill);
  }

  /// Pids for a message.
  public static String pids(Collection<LinuxProcess> processes) {
    return String.join(
        ", ", processes.stream().map(process -> Long.toString(process.pid())).sorted().toList());
  }
}
