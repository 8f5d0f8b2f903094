package io.fleetserve.controller.run;

import io.fleetserve.controller.model.AgentFacts;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.Service;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.ColdStarts;
import io.fleetserve.controller.replica.ReplicaMachine;
import io.fleetserve.controller.replica.ReplicaSignal;
import io.fleetserve.controller.replica.Transition;
import io.fleetserve.controller.store.Attempt;
import io.fleetserve.controller.store.Changes;
import io.fleetserve.controller.store.StoredService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// The rows of one service as they are now, and which of them still have to be written. Confined to
/// the service's loop, save [#replica] and [#replicas], which any thread may ask.
final class ServiceLedger {
  private Service service;
  private final TreeMap<Integer, ServiceVersion> versions = new TreeMap<>();
  private final ConcurrentSkipListMap<ReplicaKey, Replica> replicas =
      new ConcurrentSkipListMap<>(ReplicaKey.ORDER);
  private final Map<String, Attempt> attempts = new HashMap<>();
  private final Map<ReplicaKey, Instant> unknownSince = new HashMap<>();
  private final Changes changes;
  private final DecisionLog decisions;
  private boolean noted;

  ServiceLedger(StoredService stored) {
    this.service = stored.service();
    stored.versions().forEach(version -> versions.put(version.number(), version));
    stored.replicas().forEach(replica -> replicas.put(replica.key(), replica));
    stored.attempts().forEach(attempt -> attempts.put(attempt.attemptId(), attempt));
    this.changes = new Changes(stored.service().name());
    this.decisions = new DecisionLog(changes);
  }

  String name() {
    return service.name();
  }

  Service service() {
    return service;
  }

  List<ServiceVersion> versions() {
    return List.copyOf(versions.values());
  }

  Optional<ServiceVersion> version(int number) {
    return Optional.ofNullable(versions.get(number));
  }

  List<Replica> replicas() {
    return List.copyOf(replicas.values());
  }

  Optional<Replica> replica(ReplicaKey key) {
    return Optional.ofNullable(replicas.get(key));
  }

  DecisionLog decisions() {
    return decisions;
  }

  Changes changes() {
    return changes;
  }

  void put(Service next) {
    if (!next.equals(service)) {
      service = next;
      changes.service(next);
    }
  }

  /// Takes over rows that somebody else has written.
  void adopt(Service written) {
    service = written;
  }

  void adopt(ServiceVersion written) {
    versions.put(written.number(), written);
  }

  /// Keeps `next` in memory; written with the next change, or when [#flushNotes] is called. For
  /// what is nice to have after a restart and changes all the time.
  void note(Service next) {
    if (!next.equals(service)) {
      service = next;
      noted = true;
    }
  }

  boolean hasNotes() {
    return noted;
  }

  void flushNotes() {
    if (noted) {
      changes.service(service);
      noted = false;
    }
  }

  void put(ServiceVersion next) {
    versions.put(next.number(), next);
    changes.version(next);
  }

  void add(Replica fresh) {
    replicas.put(fresh.key(), fresh);
    changes.replica(fresh);
  }

  /// When the last create call of the replica ended without an answer that can be told; empty when
  /// it did not, or did in a former process.
  Optional<Instant> unknownSince(ReplicaKey key) {
    return Optional.ofNullable(unknownSince.get(key));
  }

  void forget(ReplicaKey key) {
    replicas.remove(key);
    unknownSince.remove(key);
    changes.forget(key);
  }

  void event(EventDraft draft, Instant now) {
    changes.event(draft, now);
  }

  /// Lets the state machine handle a signal; nothing happens for a replica that is not there.
  void signal(ReplicaKey key, ReplicaSignal signal, Instant now) {
    Replica before = replicas.get(key);
    if (before == null) {
      return;
    }
    if (signal instanceof ReplicaSignal.OutcomeUnknown && before.createOutstanding()) {
      unknownSince.put(key, now);
    }
    Transition transition = ReplicaMachine.on(before, signal, now);
    Replica next = transition.next();
    if (!next.equals(before)) {
      replicas.put(key, next);
      if (isWorthWriting(before, next)) {
        changes.replica(next);
      }
    }
    changes.events(transition.events(), now);
    Instant ready = next.firstReadyAt();
    if (before.firstReadyAt() == null && ready != null) {
      started(next, Duration.between(next.launchedAt(), ready));
    }
  }

  private void started(Replica replica, Duration took) {
    ColdStarts learnt = coldStarts().with(replica.machine().place(), took);
    note(service.withColdStarts(learnt.toJson()));
  }

  /// How long replicas took to become ready, by place.
  ColdStarts coldStarts() {
    return ColdStarts.ofJson(service.coldStarts());
  }

  /// A report every few seconds that says the same again is not written each time.
  private static boolean isWorthWriting(Replica before, Replica next) {
    return before.status() != next.status() || !settled(before).equals(settled(next));
  }

  private static Replica settled(Replica replica) {
    AgentFacts agent = replica.agent();
    return replica
        .withAgent(
            new AgentFacts(
                agent.host(),
                agent.port(),
                agent.agentPid(),
                agent.serverPid(),
                agent.restarts(),
                Math.min(agent.sequence(), 1),
                agent.version(),
                null))
        .withStatus(replica.status(), "", replica.statusSince())
        .withInspectedAt(Instant.EPOCH);
  }

  void attempt(Attempt next) {
    attempts.put(next.attemptId(), next);
    changes.attempt(next);
  }

  /// The replica's provider call is over in some way.
  void attempt(
      Replica replica,
      Attempt.State state,
      @Nullable String instanceId,
      String detail,
      Instant now) {
    Attempt known = replica.attemptId() == null ? null : attempts.get(replica.attemptId());
    if (known != null) {
      attempt(known.with(state, instanceId == null ? known.instanceId() : instanceId, detail, now));
    }
  }

  /// Replicas for which a create call may have been under way when the controller ended.
  List<Replica> outstanding() {
    List<Replica> found = new ArrayList<>();
    replicas.values().stream().filter(Replica::createOutstanding).forEach(found::add);
    return found;
  }
}
