package io.fleetserve.agent;

import io.fleetserve.api.wire.AgentBoot.ProbeRule;

/// What [ReplicaMachine] wants done, in order.
sealed interface ReplicaAction {
  /// Copy workdir and file mounts; answered by `Prepared` or `PrepareFailed`.
  record Prepare() implements ReplicaAction {}

  /// Answered by `SetupEnded` or `SpawnFailed`.
  record RunSetup() implements ReplicaAction {}

  /// Answered by `Spawned`, and later `Exited`; or by `SpawnFailed`.
  ///
  /// @param spawn number of this spawn, from 1
  record SpawnRun(int spawn) implements ReplicaAction {}

  /// Answered by `Probed`.
  record SendProbe(int spawn, ProbeRule rule) implements ReplicaAction {}

  /// SIGTERM to every process of the replica, and an end to a preparation that still goes on.
  record Terminate() implements ReplicaAction {}

  /// SIGKILL to every process of the replica.
  record Kill() implements ReplicaAction {}

  /// Answered by `Looked`.
  record Look() implements ReplicaAction {}

  /// Tell the controller the new state, now.
  record Report() implements ReplicaAction {}

  /// All is over: leave.
  record Leave() implements ReplicaAction {}
}
