package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.http.RequestHead;
import org.jspecify.annotations.Nullable;

/// Which service a connection's requests are for: that of its port, or on the shared port that of
/// each Host. Confined to its lane.
final class ServiceLookup {
  private final Routing routing;
  private final @Nullable String name;
  private @Nullable Service known;

  /// @param name of the service whose port it is; null for the shared port
  ServiceLookup(Routing routing, @Nullable String name) {
    this.routing = routing;
    this.name = name;
  }

  /// Name of the service whose port it is; empty for the shared port.
  String name() {
    return name == null ? "" : name;
  }

  /// The service; null if there is none of that name.
  @Nullable Service of(RequestHead head) {
    if (name == null) {
      String host = head.host();
      return host == null ? null : routing.table().forHost(host);
    }
    Service last = known;
    if (last == null || last.isRemoved()) {
      last = routing.table().byName().get(name);
      known = last;
    }
    return last;
  }
}
