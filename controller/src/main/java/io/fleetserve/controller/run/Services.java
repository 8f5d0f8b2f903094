package io.fleetserve.controller.run;

import io.fleetserve.api.text.NearestName;
import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.api.wire.DecisionView;
import io.fleetserve.api.wire.EventView;
import io.fleetserve.api.wire.EventView.Severity;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.api.wire.VersionView;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.Service;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.replica.ReplicaSignal;
import io.fleetserve.controller.store.Changes;
import io.fleetserve.controller.store.StoredService;
import io.fleetserve.controller.stream.Subscription;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// All services: finds the loop of each, and passes on what people, agents and load balancers say.
/// Thread-safe.
public final class Services {
  private final LoopContext context;
  private final PlacementDesk desk;
  private final ConcurrentSkipListMap<String, ServiceLoop> loops = new ConcurrentSkipListMap<>();

  Services(LoopContext context, PlacementDesk desk) {
    this.context = context;
    this.desk = desk;
  }

  /// Takes in a service that is stored; its loop is not started.
  ServiceLoop add(StoredService stored) {
    ServiceLoop loop =
        new ServiceLoop(context, stored, desk, ended -> loops.remove(ended.name(), ended));
    loops.put(loop.name(), loop);
    return loop;
  }

  Collection<ServiceLoop> loops() {
    return loops.values();
  }

  Optional<ServiceLoop> loop(String name) {
    return Optional.ofNullable(loops.get(name));
  }

  /// The loop, or a problem that names the nearest service.
  ServiceLoop get(String name) {
    ServiceLoop loop = loops.get(name);
    if (loop == null) {
      throw Problems.noSuchService(name, NearestName.of(name, loops.keySet()), loops.keySet());
    }
    return loop;
  }

  /// Every service, by name.
  public List<ServiceView> list() {
    return loops.values().stream().map(loop -> loop.board().view()).toList();
  }

  public ServiceView find(String name) {
    return get(name).board().view();
  }

  /// The service's views from now on; see [ServiceBoard#subscribe]. The caller closes it.
  public Subscription<WatchMessage> watch(String name) {
    return get(name).board().subscribe();
  }

  /// Every version, oldest first.
  public List<VersionView> versions(String name) throws InterruptedException {
    ServiceLoop loop = get(name);
    return loop.call(() -> loop.ledger().versions().stream().map(ServiceViews::version).toList());
  }

  /// The rows of every version, oldest first.
  List<ServiceVersion> rows(String name) throws InterruptedException {
    ServiceLoop loop = get(name);
    return loop.call(loop.ledger()::versions);
  }

  /// The last decisions, oldest first.
  ///
  /// @param replayed make each again and tell what comes out
  public List<DecisionView> explain(String name, int limit, boolean replayed)
      throws InterruptedException {
    return new Explanations(this).of(name, limit, replayed);
  }

  /// Begins to end a service; again changes nothing, but may add `purge`.
  public ServiceView end(String name, boolean purge) throws InterruptedException {
    ServiceLoop loop = get(name);
    loop.call(() -> {
      Service before = loop.ledger().service();
      Service after = before.withEnding(purge);
      if (!after.equals(before)) {
        Changes changes = new Changes(name);
        changes.service(after);
        if (!before.ending()) {
          changes.event(
              EventDraft.info(EventType.SERVICE_ENDING, 0, purge ? "down, with purge" : "down"),
              now());
        }
        commit(changes);
        loop.ledger().adopt(after);
      }
      return after;
    });
    return loop.board().view();
  }

  /// Ends one replica in order; the service starts another one if it wants it.
  public void replace(String name, int replicaId) throws InterruptedException {
    ServiceLoop loop = get(name);
    loop.call(() -> {
      Replica replica =
          newest(loop, replicaId).orElseThrow(() -> Problems.noSuchReplica(name, replicaId));
      loop.ledger().signal(replica.key(), new ReplicaSignal.DrainWanted("ended on request"), now());
      return replica;
    });
  }

  /// Makes everything worthless that the agent of a replica on another machine has to prove who it
  /// is, and ends the replica; the service starts another one if it wants it.
  public void revoke(String name, int replicaId) throws InterruptedException {
    ServiceLoop loop = get(name);
    loop.call(() -> {
      Replica replica =
          newest(loop, replicaId).orElseThrow(() -> Problems.noSuchReplica(name, replicaId));
      context.boots().revoke(replica.attemptId());
      String reason = "its certificate was revoked";
      loop.ledger()
          .event(EventDraft.of(EventType.AGENT_REVOKED, Severity.WARNING, replica, reason), now());
      loop.ledger().signal(replica.key(), new ReplicaSignal.DrainWanted(reason), now());
      return replica;
    });
  }

  private static Optional<Replica> newest(ServiceLoop loop, int replicaId) {
    return loop.ledger().replicas().stream()
        .filter(replica -> replica.id() == replicaId)
        .max(Comparator.comparingInt(replica -> replica.key().generation()));
  }

  /// The newest start of a replica.
  public ReplicaKey newestKey(String name, int replicaId) {
    return newest(get(name), replicaId)
        .orElseThrow(() -> Problems.noSuchReplica(name, replicaId))
        .key();
  }

  /// The row of an agent's replica while it is wanted; empty when it is over.
  public Optional<Replica> replica(ReplicaKey key) {
    return loop(key.service())
        .flatMap(loop -> loop.ledger().replica(key))
        .filter(Replica::holdsMachine);
  }

  /// An agent spoke.
  public void reported(ReplicaKey key, AgentReport report) {
    loop(key.service())
        .ifPresent(loop ->
            loop.post(() -> {
              loop.watch().heard(key, now());
              loop.ends().reported(key, report, now());
            }));
  }

  /// An agent's stream ended and was not replaced.
  public void streamLost(ReplicaKey key) {
    loop(key.service()).ifPresent(loop -> loop.post(() -> loop.watch().streamLost(key, now())));
  }

  /// A load balancer spoke.
  public void reported(LoadReport report) {
    for (ServiceLoop loop : loops.values()) {
      Optional<LoadReport.ServiceLoad> load =
          report.services().stream()
              .filter(service -> service.service().equals(loop.name()))
              .findFirst();
      loop.post(() -> {
        loop.scaling().report(report, now());
        load.filter(_ -> isListening(report))
            .ifPresent(known ->
                loop.knownToBalancer(
                    known.listenError() == null ? "" : known.listenError(), now()));
      });
    }
  }

  /// Whether it is this process that should have the ports open.
  private static boolean isListening(LoadReport report) {
    return report.phase() == LoadReport.Phase.SERVING && report.besideMillis() == null;
  }

  /// Writes to the store at once, and tells those who follow events.
  void commit(Changes changes) {
    List<EventView> events = context.store().commit(changes);
    events.forEach(context.events()::publish);
  }

  /// An event of no service; lost when the store cannot write.
  void event(EventType type, Severity severity, String message) {
    Changes changes = new Changes("");
    changes.event(new EventDraft(type, severity, 0, 0, message), now());
    try {
      commit(changes);
    } catch (io.fleetserve.controller.store.StoreException ignored) {
      context.metrics().stored(false);
    }
  }

  Instant now() {
    return context.clock().instant();
  }

  LoopContext context() {
    return context;
  }

  PlacementDesk desk() {
    return desk;
  }
}
