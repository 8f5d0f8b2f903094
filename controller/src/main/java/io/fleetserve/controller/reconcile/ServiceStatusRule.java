package io.fleetserve.controller.reconcile;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.rollout.LaunchBackoff;
import io.fleetserve.controller.rollout.Versions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The status of a service, computed from what is there. First rule that fits:
///
/// | when | status |
/// | --- | --- |
/// | it ends and ending a replica failed | FAILED_CLEANUP |
/// | it ends | SHUTTING_DOWN |
/// | no version, or its first is not begun | CONTROLLER_INIT |
/// | a replica is READY | READY |
/// | every version failed | FAILED |
/// | 0 replicas wanted, none alive | NO_REPLICA |
/// | a replica is alive | REPLICA_INIT |
/// | three failures in a row | FAILED |
/// | else: the next launch is due | REPLICA_INIT |
public final class ServiceStatusRule {
  /// Failures in a row after which a service without a live replica is called failed.
  private static final int HOPELESS = 3;

  private ServiceStatusRule() {}

  public static ServiceCondition of(ServiceState state, Instant now) {
    if (state.service().ending()) {
      return ending(state);
    }
    Optional<ServiceVersion> newest = Versions.newest(state.versions());
    if (newest.isEmpty()
        || (state.versions().size() == 1
            && newest.get().status() == VersionStatus.PENDING
            && state.replicas().isEmpty())) {
      return new ServiceCondition(ServiceStatus.CONTROLLER_INIT, "accepted, not begun yet");
    }
    Optional<ServiceVersion> desired = Versions.desired(state.versions());
    if (state.replicas().stream().anyMatch(Replica::isReady)) {
      return new ServiceCondition(ServiceStatus.READY, readyReason(state, newest.get(), desired));
    }
    return desired
        .map(version -> notReady(state, version, now))
        .orElseGet(() ->
            new ServiceCondition(
                ServiceStatus.FAILED,
                "version " + newest.get().number() + " failed: " + newest.get().reason()));
  }

  private static ServiceCondition ending(ServiceState state) {
    Optional<Replica> stuck =
        state.replicas().stream()
            .filter(replica -> replica.holdsMachine() && replica.cleanup().failures() > 0)
            .findFirst();
    if (stuck.isPresent()) {
      return new ServiceCondition(
          ServiceStatus.FAILED_CLEANUP,
          "ending replica %d failed %d times, tried again: %s"
              .formatted(stuck.get().id(), stuck.get().cleanup().failures(), stuck.get().reason()));
    }
    long left = state.replicas().stream().filter(Replica::holdsMachine).count();
    return new ServiceCondition(ServiceStatus.SHUTTING_DOWN, left + " replicas are left to end");
  }

  private static String readyReason(
      ServiceState state, ServiceVersion newest, Optional<ServiceVersion> desired) {
    if (newest.status() == VersionStatus.FAILED) {
      return "version " + newest.number() + " failed: " + newest.reason();
    }
    if (desired.filter(version -> version.status() == VersionStatus.ROLLING_OUT).isPresent()) {
      return "version %d: %d of %d replicas are ready"
          .formatted(
              desired.get().number(), readyOf(state, desired.get().number()), state.target());
    }
    long ready = state.replicas().stream().filter(Replica::isReady).count();
    return ready < state.target()
        ? ready + " of " + state.target() + " replicas are ready" + lastFailure(state)
        : "";
  }

  private static ServiceCondition notReady(
      ServiceState state, ServiceVersion desired, Instant now) {
    List<Replica> alive =
        state.replicas().stream().filter(replica -> replica.status().isAlive()).toList();
    if (state.target() == 0 && alive.isEmpty()) {
      int most = desired.spec().service().replicaPolicy().maxReplicas();
      return new ServiceCondition(
          ServiceStatus.NO_REPLICA,
          most == 0
              ? "0 replicas are wanted by the service file"
              : "scaled to zero: a request wakes it");
    }
    if (!alive.isEmpty()) {
      Replica furthest =
          alive.stream().max(Comparator.comparing(Replica::status)).orElse(alive.getFirst());
      return new ServiceCondition(
          ServiceStatus.REPLICA_INIT,
          "0 of %d replicas are ready; replica %d %s: %s"
              .formatted(state.target(), furthest.id(), furthest.status(), furthest.reason()));
    }
    LaunchBackoff backoff = LaunchBackoff.of(state.replicas(), desired.number(), now);
    String next =
        backoff
            .notBeforeIfAny()
            .filter(at -> at.isAfter(now))
            .map(at -> ", next try in " + ceilSeconds(Duration.between(now, at)) + " s")
            .orElse("");
    return new ServiceCondition(
        backoff.streak() >= HOPELESS ? ServiceStatus.FAILED : ServiceStatus.REPLICA_INIT,
        "0 of %d replicas are ready".formatted(state.target()) + lastFailure(state) + next);
  }

  private static long readyOf(ServiceState state, int version) {
    return state.replicas().stream()
        .filter(replica -> replica.isReady() && replica.version() == version)
        .count();
  }

  private static String lastFailure(ServiceState state) {
    return state.replicas().stream()
        .filter(replica -> replica.status().isFailed())
        .filter(replica -> replica.status() != ReplicaStatus.FAILED_CLEANUP)
        .max(Comparator.comparing(Replica::statusSince))
        .map(last -> "; replica " + last.id() + " " + last.status() + ": " + last.reason())
        .orElse("");
  }

  private static long ceilSeconds(Duration duration) {
    return (duration.toMillis() + 999) / 1000;
  }
}
