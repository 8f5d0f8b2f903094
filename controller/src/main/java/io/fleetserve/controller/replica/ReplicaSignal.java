package io.fleetserve.controller.replica;

import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.ProviderError;
import java.time.Duration;

/// One thing that was decided about, done to or learnt of a replica. Repeats are harmless.
public sealed interface ReplicaSignal {
  /// Placement said no: nothing was asked of any provider.
  ///
  /// @param versionFault the service file asks for what nobody offers; else it is a matter of time
  record Refused(String reason, boolean versionFault) implements ReplicaSignal {}

  /// A provider is about to be asked; stored before the call is made.
  record Asked(String attemptId, Machine machine) implements ReplicaSignal {}

  /// The provider asked last made nothing, for sure, and another offer is about to be asked for;
  /// stored before the call is made.
  ///
  /// @param error what the provider asked last said
  record Rerouted(String attemptId, Machine machine, ProviderError error)
      implements ReplicaSignal {}

  /// The provider made the instance, or is making it.
  record Accepted(InstanceRef ref) implements ReplicaSignal {}

  /// Nothing was made, for sure.
  record Rejected(ProviderError error) implements ReplicaSignal {}

  /// Something may have been made. Also sent at a start of the controller for each row whose call
  /// was cut off.
  record OutcomeUnknown(ProviderError error) implements ReplicaSignal {}

  /// The agent spoke.
  record Reported(AgentReport report) implements ReplicaSignal {}

  /// The agent told of an end that nobody here asked for, and the provider is asked first whether
  /// it takes the machine back. `Reported` follows.
  record EndDoubted(AgentReport report) implements ReplicaSignal {}

  /// The agent should have spoken.
  ///
  /// @param silence since its last report, counted only while this controller was listening
  record AgentSilent(Duration silence) implements ReplicaSignal {}

  /// The provider was asked and knows the instance.
  record InstanceSeen(Instance instance) implements ReplicaSignal {}

  /// The provider was asked and says there is no such instance. After a create whose outcome is
  /// unknown: send it only when the provider's settle time is over.
  record InstanceGone() implements ReplicaSignal {}

  /// The replica is not wanted any more.
  ///
  /// @param surplus nothing is wrong with it: it may be called back ([Recalled])
  record DrainWanted(String reason, boolean surplus) implements ReplicaSignal {
    public DrainWanted(String reason) {
      this(reason, false);
    }
  }

  /// It is wanted after all, and was not told to stop yet.
  record Recalled(String reason) implements ReplicaSignal {}

  /// No request is in flight any more, or nobody waits for them any longer.
  record Drained(String reason) implements ReplicaSignal {}

  /// The agent was told to stop.
  record StopSent() implements ReplicaSignal {}

  /// The provider was asked to end the instance.
  record TerminateSent() implements ReplicaSignal {}

  /// The provider says that nothing is left.
  record Terminated() implements ReplicaSignal {}

  /// Ending the instance failed; tried again later.
  record CleanupFailed(String reason) implements ReplicaSignal {}

  /// Nobody waits for this replica to start any longer.
  record GivenUp(String reason) implements ReplicaSignal {}

  /// An in-place update: same task, other settings.
  record Relabelled(int version) implements ReplicaSignal {}
}
