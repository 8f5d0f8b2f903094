package io.fleetserve.controller.run;

import io.fleetserve.api.wire.ServiceView;

/// What somebody who watches a service is told.
public sealed interface WatchMessage {
  /// The service as it is now.
  record Seen(ServiceView view) implements WatchMessage {}

  /// The service is over.
  record Gone(String service) implements WatchMessage {}
}
