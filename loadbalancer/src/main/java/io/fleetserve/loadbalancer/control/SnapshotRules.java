package io.fleetserve.loadbalancer.control;

import io.fleetserve.api.wire.EndpointDelta;
import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.ServiceRoute;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether an update of the endpoints may be applied. Pure; thread-safe.
///
/// A load balancer rather serves with what it knows than believe a controller that has just lost
/// its memory: it refuses what is older, of another installation, incomplete, or empty for no
/// stated reason.
final class SnapshotRules {
  private SnapshotRules() {}

  /// Outcome: the snapshot to apply, or why there is none.
  sealed interface Verdict {
    /// To be applied.
    record Accepted(EndpointSnapshot snapshot) implements Verdict {}

    /// Not to be applied.
    ///
    /// @param resync the stream is out of step: only a new connection helps
    record Refused(String reason, boolean resync) implements Verdict {}
  }

  /// @param held what is in use; generation -1 for nothing
  static Verdict judge(EndpointSnapshot held, EndpointSnapshot offered) {
    Optional<String> fault = fault(held, offered);
    return fault.isPresent()
        ? new Verdict.Refused(fault.get(), false)
        : new Verdict.Accepted(offered);
  }

  private static Optional<String> fault(EndpointSnapshot held, EndpointSnapshot offered) {
    if (!offered.complete()) {
      return Optional.of("snapshot is not complete");
    }
    if (held.generation() >= 0) {
      if (!held.installationId().equals(offered.installationId())) {
        return Optional.of("snapshot of another installation");
      }
      if (offered.generation() < held.generation()) {
        return Optional.of(
            "generation " + offered.generation() + " is older than " + held.generation());
      }
    }
    return unexplained(offered.services());
  }

  private static Optional<String> unexplained(List<ServiceRoute> routes) {
    for (ServiceRoute route : routes) {
      boolean ready = route.endpoints().stream().anyMatch(endpoint -> !endpoint.draining());
      if (!ready && route.emptyReason() == null) {
        return Optional.of("service " + route.service() + " has no endpoint and no reason why");
      }
    }
    return Optional.empty();
  }

  static Verdict judge(EndpointSnapshot held, EndpointDelta delta) {
    if (held.generation() >= 0 && !held.installationId().equals(delta.installationId())) {
      return new Verdict.Refused("delta of another installation", true);
    }
    if (held.generation() != delta.baseGeneration()) {
      return new Verdict.Refused(
          "delta from generation " + delta.baseGeneration() + ", held is " + held.generation(),
          true);
    }
    if (delta.generation() <= delta.baseGeneration()) {
      return new Verdict.Refused("delta that does not grow", true);
    }
    Optional<String> fault = unexplained(delta.upserts());
    if (fault.isPresent()) {
      return new Verdict.Refused(fault.get(), true);
    }
    Map<String, ServiceRoute> routes = new LinkedHashMap<>();
    held.services().forEach(route -> routes.put(route.service(), route));
    delta.removed().forEach(routes::remove);
    delta.upserts().forEach(route -> routes.put(route.service(), route));
    return new Verdict.Accepted(
        new EndpointSnapshot(
            held.installationId(), delta.generation(), true, List.copyOf(routes.values())));
  }
}
