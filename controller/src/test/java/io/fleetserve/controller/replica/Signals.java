package io.fleetserve.controller.replica;

import io.fleetserve.api.wire.AgentReport.Phase;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a replica's state machine is told, in few words.
final class Signals {
  static final InstanceRef REF = new InstanceRef("local", "i-1");
  static final ProviderError SOLD_OUT =
      new ProviderError(ProviderError.Category.CAPACITY_UNAVAILABLE, null, null, "sold out");
  private static final Instant START = VirtualClock.EPOCH;

  private Signals() {}

  /// One of every kind of signal, and every variant of those that have some.
  static List<ReplicaSignal> all(Replica replica) {
    List<ReplicaSignal> all =
        new ArrayList<>(
            List.of(
                new ReplicaSignal.Refused("refused", true),
                new ReplicaSignal.Refused("not now", false),
                new ReplicaSignal.Asked("a9", Machine.NONE),
                new ReplicaSignal.Rerouted("a8", Machine.NONE, SOLD_OUT),
                new ReplicaSignal.Accepted(REF),
                new ReplicaSignal.Accepted(new InstanceRef("local", "other")),
                new ReplicaSignal.AgentSilent(Duration.ofSeconds(20)),
                new ReplicaSignal.AgentSilent(Duration.ofHours(1)),
                new ReplicaSignal.InstanceGone(),
                new ReplicaSignal.DrainWanted("drain"),
                new ReplicaSignal.DrainWanted("one too many", true),
                new ReplicaSignal.Recalled("wanted after all"),
                new ReplicaSignal.Drained("drained"),
                new ReplicaSignal.StopSent(),
                new ReplicaSignal.TerminateSent(),
                new ReplicaSignal.Terminated(),
                new ReplicaSignal.CleanupFailed("failed"),
                new ReplicaSignal.GivenUp("given up"),
                new ReplicaSignal.Relabelled(2)));
    for (ProviderError.Category category : ProviderError.Category.values()) {
      ProviderError error = new ProviderError(category, null, null, category.name());
      all.add(new ReplicaSignal.Rejected(error));
      all.add(new ReplicaSignal.OutcomeUnknown(error));
    }
    for (Phase phase : Phase.values()) {
      all.add(reported(replica, phase));
      all.add(new ReplicaSignal.EndDoubted(Replicas.report(replica, phase)));
    }
    for (Instance.State state : Instance.State.values()) {
      all.add(new ReplicaSignal.InstanceSeen(instance(state, null)));
      all.add(new ReplicaSignal.InstanceSeen(instance(state, START.plusSeconds(120))));
    }
    return all;
  }

  static boolean saysNothingIsLeft(ReplicaSignal signal) {
    return switch (signal) {
      case ReplicaSignal.Refused r -> true;
      case ReplicaSignal.Rejected r -> true;
      case ReplicaSignal.InstanceGone r -> true;
      case ReplicaSignal.Terminated r -> true;
      case ReplicaSignal.InstanceSeen r -> r.instance().state() == Instance.State.TERMINATED;
      case ReplicaSignal.Asked r -> false;
      case ReplicaSignal.Rerouted r -> false;
      case ReplicaSignal.Accepted r -> false;
      case ReplicaSignal.OutcomeUnknown r -> false;
      case ReplicaSignal.Reported r -> false;
      case ReplicaSignal.EndDoubted r -> false;
      case ReplicaSignal.AgentSilent r -> false;
      case ReplicaSignal.DrainWanted r -> false;
      case ReplicaSignal.Drained r -> false;
      case ReplicaSignal.Recalled r -> false;
      case ReplicaSignal.StopSent r -> false;
      case ReplicaSignal.TerminateSent r -> false;
      case ReplicaSignal.CleanupFailed r -> false;
      case ReplicaSignal.GivenUp r -> false;
      case ReplicaSignal.Relabelled r -> false;
    };
  }

  static Instance instance(Instance.State state, @Nullable Instant preemptionAt) {
    return new Instance(
        REF,
        new Ownership("inst", Replicas.SERVICE, 1, 1),
        "a1",
        state,
        START,
        preemptionAt,
        null,
        state.name().toLowerCase(Locale.ROOT));
  }

  static ReplicaSignal reported(Replica replica, Phase phase) {
    return new ReplicaSignal.Reported(Replicas.report(replica, phase));
  }

  static ReplicaSignal seen(Instance.State state) {
    return new ReplicaSignal.InstanceSeen(instance(state, null));
  }
}
