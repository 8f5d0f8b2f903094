package io.fleetserve.controller.model;

import static io.fleetserve.api.unit.Checks.check;

import java.time.Instant;
import java.util.function.Consumer;

/// One service: what is the same for all its versions.
///
/// @param listenPort of its own listener at the load balancer
/// @param ending `serve down` was asked for; never taken back
/// @param purge end the records even if something may be left
/// @param nextReplicaId the id the next launch takes; grows only
/// @param nextVersion the number the next version takes; grows only
/// @param target replicas the autoscaler wants, overprovision included
/// @param autoscalerState JSON of the autoscaler's memory; empty before its first decision
/// @param spotState JSON of the spot mix's memory; empty before its first decision
/// @param coldStarts JSON of how long replicas took to become ready, by place; empty before the
///   first
public record Service(
    String name,
    int listenPort,
    Instant createdAt,
    boolean ending,
    boolean purge,
    int nextReplicaId,
    int nextVersion,
    int target,
    String autoscalerState,
    String spotState,
    String coldStarts) {
  public Service {
    check(nextReplicaId >= 1, "nextReplicaId", nextReplicaId, ">= 1");
    check(nextVersion >= 1, "nextVersion", nextVersion, ">= 1");
    check(target >= 0, "target", target, ">= 0");
  }

  /// A service that has done nothing yet.
  public static Service fresh(String name, int listenPort, Instant createdAt, int target) {
    return new Service(name, listenPort, createdAt, false, false, 1, 2, target, "", "", "");
  }

  public Service withEnding(boolean purged) {
    return with(draft -> {
      draft.ending = true;
      draft.purge = purge || purged;
    });
  }

  public Service withNextReplicaId(int next) {
    return with(draft -> draft.nextReplicaId = next);
  }

  public Service withNextVersion(int next) {
    return with(draft -> draft.nextVersion = next);
  }

  public Service withDecision(int wanted, String state) {
    return with(draft -> {
      draft.target = wanted;
      draft.autoscalerState = state;
    });
  }

  public Service withSpotState(String state) {
    return with(draft -> draft.spotState = state);
  }

  public Service withColdStarts(String learnt) {
    return with(draft -> draft.coldStarts = learnt);
  }

  public Service withListenPort(int port) {
    return with(draft -> draft.listenPort = port);
  }

  private Service with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /// The fields of a service, some of which are about to differ. Confined to one call.
  private static final class Draft {
    private String name;
    private int listenPort;
    private Instant createdAt;
    private boolean ending;
    private boolean purge;
    private int nextReplicaId;
    private int nextVersion;
    private int target;
    private String autoscalerState;
    private String spotState;
    private String coldStarts;

    Draft(Service from) {
      name = from.name;
      listenPort = from.listenPort;
      createdAt = from.createdAt;
      ending = from.ending;
      purge = from.purge;
      nextReplicaId = from.nextReplicaId;
      nextVersion = from.nextVersion;
      target = from.target;
      autoscalerState = from.autoscalerState;
      spotState = from.spotState;
      coldStarts = from.coldStarts;
    }

    Service done() {
      return new Service(
          name,
          listenPort,
          createdAt,
          ending,
          purge,
          nextReplicaId,
          nextVersion,
          target,
          autoscalerState,
          spotState,
          coldStarts);
    }
  }
}
