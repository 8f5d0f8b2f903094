package io.fleetserve.agent;

import io.fleetserve.api.wire.AgentCommand;

/// What happened to the replica.
sealed interface ReplicaEvent {
  /// The folder is complete.
  record Prepared() implements ReplicaEvent {}

  /// The folder could not be made.
  ///
  /// @param why for people, with the path
  record PrepareFailed(String why) implements ReplicaEvent {}

  /// `setup` ended.
  record SetupEnded(ServerExit exit) implements ReplicaEvent {}

  /// `run` was spawned.
  record Spawned(long pid) implements ReplicaEvent {}

  /// `setup` or `run` could not be spawned.
  record SpawnFailed(String why) implements ReplicaEvent {}

  /// `run` ended.
  ///
  /// @param spawn number of the spawn it belongs to
  record Exited(int spawn, ServerExit exit) implements ReplicaEvent {}

  /// A probe was answered, or was not.
  ///
  /// @param spawn number of the spawn it was sent to
  record Probed(int spawn, ProbeResult result) implements ReplicaEvent {}

  /// The replica's processes were counted.
  ///
  /// @param pids for a message; empty when none lives
  record Looked(String pids) implements ReplicaEvent {}

  /// The controller's order to use other rules.
  record Configured(AgentCommand.Configure command) implements ReplicaEvent {}

  /// The replica shall end.
  record StopAsked(long graceMillis, String why) implements ReplicaEvent {}

  /// The time of [ReplicaState#dueAt] has come.
  record Due() implements ReplicaEvent {}
}
