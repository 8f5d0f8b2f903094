package io.fleetserve.api.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answer of `GET /api/v1/health`, and (with the token in a file beside it) how other programs of
/// this home find the controller: content of `run/controller.json`.
///
/// @param url base URL of the REST API
/// @param processStartMillis epoch milliseconds: with the pid, the identity of the process
/// @param agentsAddress `host:port` on this machine where agents with certificates are let in; null
///   while none may come
/// @param loadBalancers state of each known load balancer
public record ControllerInfo(
    String url,
    String version,
    String installationId,
    long pid,
    long processStartMillis,
    int services,
    @Nullable String agentsAddress,
    List<LoadBalancerView> loadBalancers) {
  public ControllerInfo {
    loadBalancers = List.copyOf(loadBalancers);
  }

  /// A load balancer.
  ///
  /// @param reportAgeMillis time since its last report; -1 before the first
  public record LoadBalancerView(
      String id,
      long pid,
      int sharedPort,
      String adminUrl,
      long generation,
      long reportAgeMillis) {}
}
