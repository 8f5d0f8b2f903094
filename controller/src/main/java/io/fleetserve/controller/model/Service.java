package io.fleetserve.controller.model;

import static io.fleetserve.api.unit.Checks.check;

import java.time.Instant;

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

  public Service withEnding(boolean purged) {
    return new Service(
        name,
        listenPort,
        createdAt,
        true,
        purge || purged,
        nextReplicaId,
        nextVersion,
        target,
        autoscalerState,
        spotState,
        coldStarts);
  }

  public Service withNextReplicaId(int next) {
    return new Service(
        name,
        listenPort,
        createdAt,
        ending,
        purge,
        next,
        nextVersion,
        target,
        autoscalerState,
        spotState,
        coldStarts);
  }

  public Service withNextVersion(int next) {
    return new Service(
        name,
        listenPort,
        createdAt,
        ending,
        purge,
        nextReplicaId,
        next,
        target,
        autoscalerState,
        spotState,
        coldStarts);
  }

  public Service withDecision(int wanted, String state) {
    return new Service(
        name,
        listenPort,
        createdAt,
        ending,
        purge,
        nextReplicaId,
        nextVersion,
        wanted,
        state,
        spotState,
        coldStarts);
  }

  public Service withSpotState(String state) {
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
        state,
        coldStarts);
  }

  public Service withColdStarts(String learnt) {
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
        learnt);
  }

  public Service withListenPort(int port) {
    return new Service(
        name,
        port,
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

  /// A service that has done nothing yet.
  public static Service fresh(String name, int listenPort, Instant createdAt, int target) {
    return new Service(name, listenPort, createdAt, false, false, 1, 2, target, "", "", "");
  }
}
