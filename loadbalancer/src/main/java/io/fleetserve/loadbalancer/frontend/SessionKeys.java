package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import io.fleetserve.loadbalancer.endpoint.Route;
import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.policy.Hashes;
import io.fleetserve.loadbalancer.policy.Policy;
import org.jspecify.annotations.Nullable;

/// To which session a request belongs: by the header that the service names, else by its cookie,
/// else, with `consistent_hash`, by the client's address. Pure.
final class SessionKeys {
  private SessionKeys() {}

  /// Hash of the session; [Policy#NO_KEY] for none.
  ///
  /// @param address of the client, ASCII
  static long of(Route route, RequestHead head, byte[] address) {
    if (route.hasSessions()) {
      String named = named(route.rule().routing(), head);
      if (named != null && !named.isEmpty()) {
        byte[] bytes = named.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        return Hashes.of(bytes, 0, bytes.length);
      }
    }
    return route.hashesClients() ? Hashes.of(address, 0, address.length) : Policy.NO_KEY;
  }

  private static @Nullable String named(RoutingRule routing, RequestHead head) {
    String header = routing.sessionHeader();
    String value = header == null ? null : head.field(Octets.ascii(header));
    String cookie = routing.sessionCookie();
    return value == null && cookie != null ? head.cookie(cookie) : value;
  }
}
