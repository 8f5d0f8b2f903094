package io.fleetserve.controller.replica;

import static io.fleetserve.controller.replica.ReplicaMachine.failed;
import static io.fleetserve.controller.replica.ReplicaMachine.silently;
import static io.fleetserve.controller.replica.ReplicaMachine.told;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.EventView.Severity;
import io.fleetserve.controller.model.Cleanup;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.ProviderError;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a provider's words about an instance make of its replica.
final class InstanceRules {
  private InstanceRules() {}

  static Transition accepted(Replica replica, InstanceRef ref, Instant now) {
    if (ref.equals(replica.instance())) {
      return silently(replica);
    }
    Replica next = replica.withInstance(ref, false);
    if (!replica.status().isAlive() && replica.status() != ReplicaStatus.UNKNOWN) {
      // It came after we had stopped waiting for it: end it.
      return silently(next.withCleanup(replica.cleanup().reopened()));
    }
    return silently(
        replica.agent().known()
            ? next
            : next.withStatus(
                ReplicaStatus.PROVISIONING, ref.id() + " is made; its agent starts", now));
  }

  static Transition seen(Replica replica, Instance instance, Instant now) {
    Replica known = replica.withInstance(instance.ref(), false).withInspectedAt(now);
    String said = saying(instance.failure(), instance.rawState());
    return switch (instance.state()) {
      case TERMINATED -> gone(known, now);
      case FAILED -> lost(known, "its machine failed: " + said, false, now);
      case PREEMPTED -> lost(known, "the provider took its machine back: " + said, true, now);
      case PENDING -> silently(waiting(there(known, replica, now).next(), instance, now));
      case RUNNING, STOPPING -> noticed(there(known, replica, now), instance, now);
      case UNKNOWN ->
          silently(
              replica.status() == ReplicaStatus.PROVISIONING && !replica.agent().known()
                  ? known.withStatus(
                      ReplicaStatus.UNKNOWN, "the provider's answer makes no sense: " + said, now)
                  : known);
    };
  }

  private static Transition there(Replica known, Replica before, Instant now) {
    if (before.status() == ReplicaStatus.UNKNOWN) {
      return silently(
          known.withStatus(
              ReplicaStatus.PROVISIONING, "its machine is there; its agent starts", now));
    }
    boolean late = !before.status().isAlive() && !before.holdsMachine();
    return silently(late ? known.withCleanup(known.cleanup().reopened()) : known);
  }

  /// In a queue of the provider's, however long that is: whose time has not come is not to blame.
  private static Replica waiting(Replica replica, Instance instance, Instant now) {
    return replica.status() == ReplicaStatus.PROVISIONING && !replica.agent().known()
        ? replica.withQueuedAt(now, replica.machine().place() + ": " + instance.rawState())
        : replica;
  }

  /// The provider's announcement is kept and told once, and again when the end comes nearer; the
  /// replica serves on until the planner has replaced it.
  private static Transition noticed(Transition there, Instance instance, Instant now) {
    Instant at = instance.preemptionAt();
    Replica replica = there.next();
    if (at == null || !replica.machine().isNews(at)) {
      return there;
    }
    Machine machine = replica.machine().withPreemptionAt(at, now, instance.endsByItself());
    return told(
        replica.withMachine(machine),
        EventType.REPLICA_NOTICED,
        machine.endsByItself() ? Severity.INFO : Severity.WARNING,
        machine.farewell());
  }

  private static Transition lost(Replica replica, String reason, boolean preempted, Instant now) {
    ReplicaStatus status = replica.status();
    if (status.isEnding()) {
      return silently(
          replica
              .withCleanup(replica.cleanup().withStopped())
              .withStatus(ReplicaStatus.SHUTTING_DOWN, reason, now));
    }
    if (!status.isAlive() && status != ReplicaStatus.UNKNOWN) {
      return silently(replica);
    }
    ReplicaStatus next =
        preempted
            ? ReplicaStatus.PREEMPTED
            : replica.agent().known() ? ReplicaStatus.FAILED : ReplicaStatus.FAILED_PROVISION;
    return failed(replica, next, reason, now);
  }

  /// Nothing is left of the instance.
  static Transition gone(Replica replica, Instant now) {
    ReplicaStatus status = replica.status();
    if (status == ReplicaStatus.PENDING || !replica.holdsMachine()) {
      return silently(replica);
    }
    if (status.isAlive() || status == ReplicaStatus.UNKNOWN) {
      return replica.createOutstanding() ? silently(replica) : vanished(replica, now);
    }
    Replica released = replica.withCleanup(replica.cleanup().withReleased());
    if (status.isEnding() || status == ReplicaStatus.FAILED_CLEANUP) {
      return told(
          status == ReplicaStatus.DRAINING
              ? released.withStatus(ReplicaStatus.SHUTTING_DOWN, "its machine is gone", now)
              : released,
          EventType.REPLICA_STOPPED,
          Severity.INFO,
          "ended, nothing is left: " + replica.reason());
    }
    return silently(released);
  }

  private static Transition vanished(Replica replica, Instant now) {
    Replica released = replica.withCleanup(Cleanup.RELEASED);
    if (!replica.agent().known()) {
      return failed(
          released, ReplicaStatus.FAILED_PROVISION, "the provider has no such machine", now);
    }
    String reason = "its machine is gone";
    return told(
        released.withStatus(
            replica.machine().spot() ? ReplicaStatus.PREEMPTED : ReplicaStatus.FAILED, reason, now),
        EventType.REPLICA_LOST,
        Severity.ERROR,
        reason);
  }

  private static String saying(@Nullable ProviderError failure, String rawState) {
    return failure == null ? rawState : failure.message();
  }
}
