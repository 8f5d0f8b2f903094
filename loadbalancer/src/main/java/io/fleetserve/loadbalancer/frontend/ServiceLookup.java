package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.RequestHead;
import org.jspecify.annotations.Nullable;

/// Which service a connection's requests are for: that of its port, or on the shared port that of
/// each Host. Confined to its lane.
final class ServiceLookup {
  private final Routing routing;
  private final @Nullable String name;
  private final @Nullable String serverName;
  private @Nullable Service known;

  /// @param name of the service whose port it is; null for the shared port
  /// @param serverName that a TLS client asked for; null for none
  ServiceLookup(Routing routing, @Nullable String name, @Nullable String serverName) {
    this.routing = routing;
    this.name = name;
    this.serverName = serverName;
  }

  /// Name of the service whose port it is; empty for the shared port.
  String name() {
    return name == null ? "" : name;
  }

  /// The service; null if there is none of that name.
  ///
  /// @throws MalformedMessage with status 421 when the connection was made for another service (RFC
  ///   9110 section 15.5.20): who may come there was decided by that one's certificate
  @Nullable Service of(RequestHead head) {
    if (name == null) {
      String host = head.host();
      Service found = host == null ? null : routing.table().forHost(host);
      Service asked = serverName == null ? null : routing.table().forHost(serverName);
      if (asked != null && found != null && !asked.equals(found)) {
        throw new MalformedMessage(421, "connection is for another host");
      }
      return found;
    }
    Service last = known;
    if (last == null || last.isRemoved()) {
      last = routing.table().byName().get(name);
      known = last;
    }
    return last;
  }
}
