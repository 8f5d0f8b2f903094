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
public record Service(
    String name,
    int listenPort,
    Instant createdAt,
    boolean ending,
    boolean purge,
    int nextReplicaId,
    int nextVersion,
    int target,
    String autoscalerState) {
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
        autoscalerState);
  }

  public Service withNextReplicaId(int next) {
    return new Service(
        name, listenPort, createdAt, ending, purge, next, nextVersion, target, autoscalerState);
  }

  public Service withNextVersion(int next) {
    return new Service(
        name, listenPort, createdAt, ending, purge, nextReplicaId, next, target, autoscalerState);
  }

  public Service withDecision(int wanted, String state) {
    return new Service(
        name, listenPort, createdAt, ending, purge, nextReplicaId, nextVersion, wanted, state);
  }
}
