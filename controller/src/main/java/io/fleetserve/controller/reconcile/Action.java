package io.fleetserve.controller.reconcile;

import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.placement.Wish;

/// One thing to do. The caller stores the intent, makes the effect, and feeds its outcome to
/// `ReplicaMachine`; doing an action twice does no harm.
public sealed interface Action {
  /// Why, in one sentence with the numbers.
  String reason();

  /// Store a PENDING replica with this identity, advance the service's next replica id past it,
  /// place it within the wish and ask the provider.
  record Launch(int replicaId, int generation, int version, Wish wish, String reason)
      implements Action {}

  /// Signal `DrainWanted`; publish the route.
  ///
  /// @param surplus it is one too many, and nothing else: it may be called back
  record Drain(ReplicaKey key, String reason, boolean surplus) implements Action {
    public Drain(ReplicaKey key, String reason) {
      this(key, reason, false);
    }
  }

  /// Signal `Recalled`; publish the route.
  record Recall(ReplicaKey key, String reason) implements Action {}

  /// Signal `Drained`, tell the agent to stop, signal `StopSent`.
  record Stop(ReplicaKey key, String reason) implements Action {}

  /// Signal `TerminateSent`, ask the provider to end the instance (without an instance: all it
  /// lists with the attempt id), then ask whether it is gone: `Terminated`, or `CleanupFailed`.
  record Terminate(ReplicaKey key, String reason) implements Action {}

  /// Ask the provider about it: `InstanceSeen` or `InstanceGone`.
  record Inspect(ReplicaKey key, String reason) implements Action {}

  /// Signal `GivenUp`.
  record GiveUp(ReplicaKey key, String reason) implements Action {}

  /// Delete the row.
  record Forget(ReplicaKey key, String reason) implements Action {}

  /// Signal `Relabelled`, send the agent its `configure` command.
  record Relabel(ReplicaKey key, int version, String reason) implements Action {}

  /// Store that a replica was ready under this version's own settings.
  record MarkVersionReady(int version, String reason) implements Action {}

  /// Store the status of a version.
  record SetVersionStatus(int version, VersionStatus status, String reason) implements Action {}

  /// Nothing is left: remove the service and its route.
  record EndService(String reason) implements Action {}
}
