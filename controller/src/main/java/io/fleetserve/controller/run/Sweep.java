package io.fleetserve.controller.run;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.wire.EventView.Severity;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.replica.ReplicaSignal;
import io.fleetserve.controller.store.StoreException;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares what the providers list with the rows, both ways: an instance without a row is ended, a
/// row without an instance is asked about. The list is taken first, so a row made meanwhile is
/// never missed; a row is there before its instance, so no grace is needed. Stateless.
final class Sweep {
  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
  private static final Duration ATTEMPTS_KEPT = Duration.ofDays(7);

  private final Services services;
  private final ProviderCalls calls;

  Sweep(Services services) {
    this.services = services;
    this.calls =
        new ProviderCalls(
            services.context().providers(),
            services.context().boots().installationId(),
            services.context().clock());
  }

  /// @param adopting the first one of this process: what is found is told
  void run(boolean adopting) {
    for (InstanceProvider provider : services.context().providers().all()) {
      List<Instance> listed;
      try {
        listed = provider.list(services.context().boots().installationId());
      } catch (RuntimeException e) {
        LOG.atWarn().addKeyValue(LogKeys.PROVIDER, provider.name()).setCause(e).log("list failed");
        continue;
      }
      Set<ReplicaKey> known = new HashSet<>();
      for (Instance instance : listed) {
        if (known(provider, instance, adopting)) {
          known.add(ProviderCalls.keyOf(instance));
        }
      }
      askAboutMissing(provider, known);
    }
    try {
      services.context().store().forgetAttempts(services.now().minus(ATTEMPTS_KEPT));
    } catch (StoreException e) {
      LOG.atWarn().addKeyValue(LogKeys.REASON, e.getMessage()).log("old attempts stay");
    }
  }

  private boolean known(InstanceProvider provider, Instance instance, boolean adopting) {
    ReplicaKey key = ProviderCalls.keyOf(instance);
    Optional<ServiceLoop> loop = services.loop(key.service());
    Optional<Replica> row =
        loop.flatMap(found -> found.ledger().replica(key))
            .filter(replica -> instance.attemptId().equals(replica.attemptId()));
    if (row.isEmpty()) {
      calls.endStray(provider, instance);
      return false;
    }
    if (adopting || row.get().instance() == null) {
      loop.get()
          .post(() -> {
            Instant now = services.now();
            loop.get().ledger().signal(key, new ReplicaSignal.InstanceSeen(instance), now);
            if (adopting && row.get().status().isAlive()) {
              loop.get()
                  .ledger()
                  .event(
                      EventDraft.of(
                          EventType.REPLICA_ADOPTED,
                          Severity.INFO,
                          row.get(),
                          "found again after a restart of the controller"),
                      now);
            }
          });
    }
    return true;
  }

  private void askAboutMissing(InstanceProvider provider, Set<ReplicaKey> known) {
    for (ServiceLoop loop : services.loops()) {
      for (Replica replica : loop.ledger().replicas()) {
        boolean missing =
            replica.machine().provider().equals(provider.name())
                && replica.instance() != null
                && replica.holdsMachine()
                && replica.status().isAlive()
                && !known.contains(replica.key());
        if (missing) {
          loop.post(() -> loop.actions().inspect(replica.key(), services.now()));
        }
      }
    }
  }
}
