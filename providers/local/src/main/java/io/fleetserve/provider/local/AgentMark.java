package io.fleetserve.provider.local;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.process.ReplicaProcesses;
import io.fleetserve.provider.Ownership;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The mark in the environment of an agent: with it a process tells whose it is even when its
/// folder is gone. The server inherits the attempt and the installation, which is enough to end it.
///
/// @param place which machine it was started for, empty for the controller's own: two of them may
///   turn out to be one
record AgentMark(Ownership ownership, String attemptId, String place) {
  private static final String SERVICE = "FLEETSERVE_SERVICE";
  private static final String REPLICA = "FLEETSERVE_REPLICA_ID";
  private static final String GENERATION = "FLEETSERVE_GENERATION";

  Map<String, String> environment() {
    Map<String, String> marks = new HashMap<>();
    marks.put(ReplicaProcesses.INSTALLATION, ownership.installationId());
    marks.put(ReplicaProcesses.ATTEMPT, attemptId);
    marks.put(SERVICE, ownership.service());
    marks.put(REPLICA, Integer.toString(ownership.replicaId()));
    marks.put(GENERATION, Integer.toString(ownership.generation()));
    if (!place.isEmpty()) {
      marks.put(ReplicaProcesses.PLACE, place);
    }
    return marks;
  }

  /// The mark of a process; empty when it has none of this installation and place. What a server's
  /// environment does not tell (the generation) is 0.
  static Optional<AgentMark> of(LinuxProcess process, String installationId, String place) {
    Optional<String> owner = process.environment(ReplicaProcesses.INSTALLATION);
    Optional<String> attempt = process.environment(ReplicaProcesses.ATTEMPT);
    if (owner.filter(installationId::equals).isEmpty()
        || attempt.isEmpty()
        || !process.environment(ReplicaProcesses.PLACE).orElse("").equals(place)) {
      return Optional.empty();
    }
    return Optional.of(
        new AgentMark(
            new Ownership(
                installationId,
                process.environment(SERVICE).orElse(""),
                number(process, REPLICA),
                number(process, GENERATION)),
            attempt.get(),
            place));
  }

  private static int number(LinuxProcess process, String name) {
    return process
        .environment(name)
        .filter(s -> s.matches("\\d{1,9}"))
        .map(Integer::parseInt)
        .orElse(0);
  }
}
