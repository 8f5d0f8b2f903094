package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import io.fleetserve.loadbalancer.endpoint.Route;
import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.policy.Hashes;
import io.fleetserve.loadbalancer.policy.Policy;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// To which session a request belongs, by the header that the service names, else by its cookie,
/// else, with `consistent_hash`, by the client's address; and whom it is for. Pure.
final class RequestKeys {
  private RequestKeys() {}

  /// Hash of the session; [Policy#NO_KEY] for none.
  ///
  /// @param address of the client, ASCII
  static long session(Route route, RequestHead head, byte[] address) {
    if (route.hasSessions()) {
      String named = named(route.rule().routing(), head);
      if (named != null && !named.isEmpty()) {
        return hash(named);
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

  /// Hash of whom the request is for; [Policy#NO_KEY] when the service names no header, or the
  /// request has none.
  static long fair(Route route, RequestHead head) {
    String header = route.rule().protection().fairHeader();
    String value = header == null ? null : head.field(Octets.ascii(header));
    return value == null || value.isEmpty() ? Policy.NO_KEY : hash(value);
  }

  private static long hash(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    return Hashes.of(bytes, 0, bytes.length);
  }
}
