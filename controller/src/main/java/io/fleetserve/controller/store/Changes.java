package io.fleetserve.controller.store;

import io.fleetserve.controller.decision.RecordedDecision;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.Service;
import io.fleetserve.controller.model.ServiceVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is to be written about one service in one transaction: rows in their newest form, each at
/// most once. Collects over failed writes, so that a full disk delays and loses nothing (of events,
/// the newest are kept). Confined to its service's loop.
public final class Changes {
  private static final int EVENTS_KEPT = 200;

  /// An event with the time it happened.
  record TimedEvent(Instant at, EventDraft draft) {}

  private final String service;
  private @Nullable Service row;
  private final Map<Integer, ServiceVersion> versions = new LinkedHashMap<>();
  private final Map<ReplicaKey, Replica> replicas = new LinkedHashMap<>();
  private final Set<ReplicaKey> forgotten = new LinkedHashSet<>();
  private final Map<String, Attempt> attempts = new LinkedHashMap<>();
  private final List<TimedEvent> events = new ArrayList<>();
  private final List<RecordedDecision> decisions = new ArrayList<>();
  private boolean ended;

  public Changes(String service) {
    this.service = service;
  }

  public void service(Service newest) {
    row = newest;
  }

  public void version(ServiceVersion newest) {
    versions.put(newest.number(), newest);
  }

  public void replica(Replica newest) {
    replicas.put(newest.key(), newest);
  }

  public void forget(ReplicaKey key) {
    replicas.remove(key);
    forgotten.add(key);
  }

  public void attempt(Attempt newest) {
    attempts.put(newest.attemptId(), newest);
  }

  public void event(EventDraft draft, Instant at) {
    events.add(new TimedEvent(at, draft));
    if (events.size() > EVENTS_KEPT) {
      events.removeFirst();
    }
  }

  public void events(List<EventDraft> drafts, Instant at) {
    drafts.forEach(draft -> event(draft, at));
  }

  /// Of decisions, too, the newest are kept.
  public void decision(RecordedDecision decision) {
    decisions.add(decision);
    if (decisions.size() > DecisionRows.KEPT) {
      decisions.removeFirst();
    }
  }

  /// The service is over: its rows go, its events stay.
  public void end() {
    ended = true;
  }

  public boolean isEmpty() {
    return row == null
        && versions.isEmpty()
        && replicas.isEmpty()
        && forgotten.isEmpty()
        && attempts.isEmpty()
        && events.isEmpty()
        && decisions.isEmpty()
        && !ended;
  }

  /// To be called when everything was written.
  public void clear() {
    row = null;
    versions.clear();
    replicas.clear();
    forgotten.clear();
    attempts.clear();
    events.clear();
    decisions.clear();
    ended = false;
  }

  String serviceName() {
    return service;
  }

  @Nullable Service row() {
    return row;
  }

  Iterable<ServiceVersion> versions() {
    return versions.values();
  }

  Iterable<Replica> replicas() {
    return replicas.values();
  }

  Iterable<ReplicaKey> forgotten() {
    return forgotten;
  }

  Iterable<Attempt> attempts() {
    return attempts.values();
  }

  List<TimedEvent> events() {
    return events;
  }

  List<RecordedDecision> decisions() {
    return decisions;
  }

  boolean ended() {
    return ended;
  }
}
