package io.fleetserve.api.wire;

import java.util.List;

/// Everything a load balancer must know: event `snapshot` of the endpoint stream, and the content
/// of its file on disk.
///
/// A load balancer refuses a snapshot of another installation, with a lower generation than the one
/// it holds, that is not [#complete], or that empties a service without saying why
/// ([ServiceRoute#emptyReason]).
///
/// @param installationId of the controller's store
/// @param generation grows with every change; persisted, so it continues after a restart
/// @param complete false while the controller recovers: nobody may act on it
public record EndpointSnapshot(
    String installationId, long generation, boolean complete, List<ServiceRoute> services) {
  public EndpointSnapshot {
    services = List.copyOf(services);
  }
}
