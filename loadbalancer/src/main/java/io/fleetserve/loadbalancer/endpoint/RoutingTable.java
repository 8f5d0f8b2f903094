package io.fleetserve.loadbalancer.endpoint;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where every request goes, as of one generation of the endpoint stream. Immutable.
///
/// @param installationId of the controller's store; empty before the first update
/// @param generation -1 before the first update
public record RoutingTable(
    String installationId,
    long generation,
    Map<String, Service> byName,
    Map<String, Service> byHost) {
  /// Nothing known yet.
  public static final RoutingTable EMPTY = new RoutingTable("", -1, Map.of(), Map.of());

  public RoutingTable {
    byName = Map.copyOf(byName);
    byHost = Map.copyOf(byHost);
  }

  static RoutingTable of(String installationId, long generation, Map<String, Service> services) {
    Map<String, Service> hosts = new HashMap<>();
    for (Service service : services.values()) {
      hosts.put(service.name(), service);
      hosts.put(service.name() + ".localhost", service);
      service.route().rule().hosts().forEach(host -> hosts.put(host, service));
    }
    return new RoutingTable(installationId, generation, services, hosts);
  }

  /// The service that a Host names.
  ///
  /// @param host as sent: any case, with or without port or final dot
  public @Nullable Service forHost(String host) {
    String name = host;
    int colon = name.lastIndexOf(':');
    if (colon >= 0 && name.indexOf(']', colon) < 0) {
      name = name.substring(0, colon);
    }
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return byHost.get(name.toLowerCase(java.util.Locale.ROOT));
  }
}
