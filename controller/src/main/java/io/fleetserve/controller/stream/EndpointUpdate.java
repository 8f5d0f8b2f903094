package io.fleetserve.controller.stream;

import io.fleetserve.api.wire.EndpointDelta;
import io.fleetserve.api.wire.EndpointSnapshot;

/// One message of the endpoint stream.
public sealed interface EndpointUpdate {
  /// Everything.
  record Full(EndpointSnapshot snapshot) implements EndpointUpdate {}

  /// What changed.
  record Change(EndpointDelta delta) implements EndpointUpdate {}
}
