package io.fleetserve.controller.run;

import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.replica.ReplicaSignal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Notices agents that fell silent. Confined to the service's loop.
///
/// ```
/// stream lost    -> ask the provider now, 1 s and 3 s later, unless the agent spoke again
/// 12 s no report -> tell the state machine, ask the provider, again at each check
/// ```
final class AgentWatch {
  private static final Duration SILENT = Duration.ofSeconds(12);
  private static final Duration CHECK = Duration.ofSeconds(5);
  private static final Duration[] LOST = {
    Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(3)
  };

  private record Loss(Instant at, int asked) {
    Optional<Instant> due() {
      return asked < LOST.length ? Optional.of(at.plus(LOST[asked])) : Optional.empty();
    }
  }

  private final ServiceLedger ledger;
  private final ActionRunner actions;
  private final Instant listeningSince;
  private final Map<ReplicaKey, Instant> heard = new HashMap<>();
  private final Map<ReplicaKey, Loss> lost = new HashMap<>();
  private Instant nextCheck;

  AgentWatch(ServiceLedger ledger, ActionRunner actions, Instant listeningSince) {
    this.ledger = ledger;
    this.actions = actions;
    this.listeningSince = listeningSince;
    this.nextCheck = listeningSince.plus(CHECK);
  }

  void heard(ReplicaKey key, Instant now) {
    heard.put(key, now);
    lost.remove(key);
  }

  void streamLost(ReplicaKey key, Instant now) {
    lost.putIfAbsent(key, new Loss(now, 0));
  }

  void check(Instant now) {
    lost.keySet().removeIf(key -> ledger.replica(key).filter(AgentWatch::watched).isEmpty());
    lost.replaceAll((key, loss) -> askIfDue(key, loss, now));
    if (now.isBefore(nextCheck)) {
      return;
    }
    nextCheck = now.plus(CHECK);
    for (Replica replica : ledger.replicas()) {
      Duration silence = Duration.between(heard.getOrDefault(replica.key(), listeningSince), now);
      if (watched(replica) && silence.compareTo(SILENT) >= 0) {
        ledger.signal(replica.key(), new ReplicaSignal.AgentSilent(silence), now);
        actions.inspect(replica.key(), now);
      }
    }
    heard.keySet().removeIf(key -> ledger.replica(key).isEmpty());
  }

  private Loss askIfDue(ReplicaKey key, Loss loss, Instant now) {
    boolean due = loss.due().filter(at -> !now.isBefore(at)).isPresent();
    return due && actions.inspect(key, now) ? new Loss(loss.at(), loss.asked() + 1) : loss;
  }

  private static boolean watched(Replica replica) {
    return replica.agent().known() && (replica.status().isAlive() || replica.status().isEnding());
  }

  Instant nextAt() {
    return lost.values().stream()
        .flatMap(loss -> loss.due().stream())
        .min(Instant::compareTo)
        .filter(at -> at.isBefore(nextCheck))
        .orElse(nextCheck);
  }
}
