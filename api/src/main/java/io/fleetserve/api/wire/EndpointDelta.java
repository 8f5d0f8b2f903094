package io.fleetserve.api.wire;

import java.util.List;

/// Event `delta` of the endpoint stream: from `baseGeneration` to `generation`.
///
/// A load balancer that does not hold `baseGeneration` reconnects for a snapshot.
///
/// @param upserts whole routes that are new or changed
/// @param removed names of services that were ended on purpose
public record EndpointDelta(
    String installationId,
    long baseGeneration,
    long generation,
    List<ServiceRoute> upserts,
    List<String> removed) {
  public EndpointDelta {
    upserts = List.copyOf(upserts);
    removed = List.copyOf(removed);
  }
}
