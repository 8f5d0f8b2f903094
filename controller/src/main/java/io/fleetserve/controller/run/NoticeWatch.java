package io.fleetserve.controller.run;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.placement.ColdStarts;
import io.fleetserve.controller.placement.Handover;
import io.fleetserve.controller.replica.ReplicaSignal;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a provider that announces what it takes back, often enough to use the time, and passes on
/// what is news; also what ends by itself, when it is time for a successor. Stateless.
final class NoticeWatch {
  private static final Logger LOG = LoggerFactory.getLogger(NoticeWatch.class);
  private static final int QUESTIONS_PER_NOTICE = 6;
  private static final Duration SHORTEST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Services services;
  private final InstanceProvider provider;

  NoticeWatch(Services services, InstanceProvider provider) {
    this.services = services;
    this.provider = provider;
  }

  /// True when the provider announces anything.
  static boolean isOf(InstanceProvider provider) {
    return provider.capabilities().notice().isPositive();
  }

  /// Time between two questions.
  Duration period() {
    Duration part = provider.capabilities().notice().dividedBy(QUESTIONS_PER_NOTICE);
    return part.compareTo(SHORTEST) < 0 ? SHORTEST : part.compareTo(LONGEST) > 0 ? LONGEST : part;
  }

  void check() {
    try {
      for (Instance instance : provider.list(services.context().boots().installationId())) {
        pass(instance);
      }
    } catch (RuntimeException e) {
      LOG.atWarn().addKeyValue(LogKeys.PROVIDER, provider.name()).setCause(e).log("list failed");
    }
  }

  private void pass(Instance seen) {
    ReplicaKey key = ProviderCalls.keyOf(seen);
    Optional<ServiceLoop> found = services.loop(key.service());
    Optional<Replica> row =
        found
            .flatMap(loop -> loop.ledger().replica(key))
            .filter(replica -> seen.attemptId().equals(replica.attemptId()));
    if (row.isEmpty()) {
      return;
    }
    ServiceLoop loop = found.get();
    Instance instance =
        Handover.announced(seen, coldStart(loop.ledger().coldStarts(), row.get()), services.now());
    if (isNews(row.get(), instance)) {
      loop.post(() ->
          loop.ledger().signal(key, new ReplicaSignal.InstanceSeen(instance), services.now()));
    }
  }

  private static Duration coldStart(ColdStarts learnt, Replica replica) {
    return learnt.in(replica.machine().place()).or(learnt::anywhere).orElse(Duration.ZERO);
  }

  private static boolean isNews(Replica replica, Instance instance) {
    Instant end = instance.preemptionAt();
    boolean noticed = end != null && replica.machine().isNews(end);
    boolean taken = instance.state() == Instance.State.PREEMPTED && replica.status().isAlive();
    return noticed || taken;
  }
}
