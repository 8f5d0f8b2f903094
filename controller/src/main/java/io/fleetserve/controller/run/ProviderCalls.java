package io.fleetserve.controller.run;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.replica.ReplicaSignal;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.ProviderError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Blocking calls to a provider about one replica, each turned into the signal it means. Stateless;
/// made on virtual threads.
final class ProviderCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ProviderCalls.class);
  private static final Duration GONE_POLL = Duration.ofMillis(25);
  private static final Duration GONE_WAIT = Duration.ofSeconds(4);

  private final Providers providers;
  private final String installationId;
  private final Clock clock;

  ProviderCalls(Providers providers, String installationId, Clock clock) {
    this.providers = providers;
    this.installationId = installationId;
    this.clock = clock;
  }

  CreateOutcome create(InstanceProvider provider, CreateSpec spec) {
    try {
      return provider.create(spec);
    } catch (RuntimeException e) {
      log(e, "create failed", spec.attemptId());
      return new CreateOutcome.Unknown(
          new ProviderError(
              ProviderError.Category.OUTCOME_UNKNOWN, null, null, String.valueOf(e.getMessage())));
    }
  }

  /// What the provider knows of the replica; empty when it cannot be told now.
  ///
  /// @param calledUntil end of the create call, as far as it has none known: of the wait for it
  Optional<ReplicaSignal> inspect(Replica replica, Instant calledUntil) {
    Optional<InstanceProvider> provider = providers.find(replica.machine().provider());
    if (provider.isEmpty()) {
      return Optional.empty();
    }
    try {
      Optional<Instance> instance = find(provider.get(), replica);
      if (instance.isPresent()) {
        return Optional.of(new ReplicaSignal.InstanceSeen(instance.get()));
      }
      return settled(provider.get(), replica, calledUntil)
          ? Optional.of(new ReplicaSignal.InstanceGone())
          : Optional.empty();
    } catch (RuntimeException e) {
      log(e, "inspect failed", replica.key().toString());
      return Optional.empty();
    }
  }

  /// Ends the instance and waits a little for its end; empty when that takes longer, and it is to
  /// be asked again.
  ///
  /// @param calledUntil as for [#inspect]
  Optional<ReplicaSignal> terminate(Replica replica, Instant calledUntil) {
    Optional<InstanceProvider> found = providers.find(replica.machine().provider());
    if (found.isEmpty()) {
      return Optional.of(
          replica.machine().provider().isEmpty()
              ? new ReplicaSignal.Terminated()
              : new ReplicaSignal.CleanupFailed(
                  "provider " + replica.machine().provider() + " is switched off"));
    }
    InstanceProvider provider = found.get();
    try {
      List<InstanceRef> refs =
          replica.instance() != null
              ? List.of(replica.instance())
              : listed(provider, replica).map(Instance::ref).stream().toList();
      refs.forEach(provider::terminate);
      if (refs.isEmpty()) {
        return settled(provider, replica, calledUntil)
            ? Optional.of(new ReplicaSignal.Terminated())
            : Optional.empty();
      }
      return awaitGone(provider, refs)
          ? Optional.of(new ReplicaSignal.Terminated())
          : Optional.empty();
    } catch (RuntimeException e) {
      log(e, "terminate failed", replica.key().toString());
      return Optional.of(new ReplicaSignal.CleanupFailed(String.valueOf(e.getMessage())));
    }
  }

  private boolean awaitGone(InstanceProvider provider, List<InstanceRef> refs) {
    long end = System.nanoTime() + GONE_WAIT.toNanos();
    while (true) {
      if (refs.stream().allMatch(ref -> isGone(provider, ref))) {
        return true;
      }
      if (System.nanoTime() > end || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(GONE_POLL.toNanos());
    }
  }

  private static boolean isGone(InstanceProvider provider, InstanceRef ref) {
    return provider
        .get(ref)
        .filter(instance -> instance.state() != Instance.State.TERMINATED)
        .isEmpty();
  }

  private Optional<Instance> find(InstanceProvider provider, Replica replica) {
    return replica.instance() != null
        ? provider.get(replica.instance())
        : listed(provider, replica);
  }

  private Optional<Instance> listed(InstanceProvider provider, Replica replica) {
    return provider.list(installationId).stream()
        .filter(instance -> instance.attemptId().equals(replica.attemptId()))
        .findFirst();
  }

  /// False while an instance whose creation was not confirmed may still turn up.
  private boolean settled(InstanceProvider provider, Replica replica, Instant calledUntil) {
    Instant sure = calledUntil.plus(provider.capabilities().settle());
    return replica.instance() != null || !clock.instant().isBefore(sure);
  }

  private static void log(RuntimeException e, String what, String about) {
    LOG.atWarn().addKeyValue(LogKeys.ATTEMPT, about).setCause(e).log(what);
  }

  /// Ends what belongs to no row.
  void endStray(InstanceProvider provider, Instance instance) {
    try {
      provider.terminate(instance.ref());
      LOG.atWarn()
          .addKeyValue(LogKeys.PROVIDER, provider.name())
          .addKeyValue(LogKeys.ATTEMPT, instance.attemptId())
          .log("ended an instance that no record knows");
    } catch (RuntimeException e) {
      log(e, "terminate failed", keyOf(instance).toString());
    }
  }

  static ReplicaKey keyOf(Instance instance) {
    return new ReplicaKey(
        instance.ownership().service(),
        instance.ownership().replicaId(),
        instance.ownership().generation());
  }
}
