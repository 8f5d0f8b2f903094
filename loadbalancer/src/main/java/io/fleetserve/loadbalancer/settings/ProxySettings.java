package io.fleetserve.loadbalancer.settings;

import io.fleetserve.api.net.Network;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.loadbalancer.http.Forwarding;
import java.time.Duration;

/// Times and sizes of the data plane that no service file changes.
///
/// @param headTime from the first byte of a request to the end of its head, then 408
/// @param idleTime of a client connection between requests
/// @param bodyTime longest silence of a client inside a request body, and a quarter of the time in
///   which it must send 512 bytes of it; then 408
/// @param stallTime longest time in which a client takes nothing of its answer
/// @param tunnelIdleTime longest silence of an upgraded connection
/// @param lingerTime to wait for the client's end of a connection that is being closed
/// @param connectTime to a replica
/// @param upstreamIdleTime of a pooled connection; below the 5 s after which common servers close
/// @param freshTime a request that must not be sent twice takes a pooled connection only if it was
///   in use within this time: the shorter it was idle, the less likely the replica is closing it
/// @param staleTime a reused connection that ends this soon after a request was sent, without a
///   byte of an answer, had most likely been closed before: says little about the replica
/// @param replayBytes most body bytes kept to send a request again
/// @param maxConnections clients at once; beyond, accepting pauses
/// @param limits what a client may take
/// @param forwarding whose word about clients is believed, and what replicas are told
public record ProxySettings(
    Duration headTime,
    Duration idleTime,
    Duration bodyTime,
    Duration stallTime,
    Duration tunnelIdleTime,
    Duration lingerTime,
    Duration connectTime,
    Duration upstreamIdleTime,
    Duration freshTime,
    Duration staleTime,
    int replayBytes,
    int maxConnections,
    ClientLimits limits,
    Forwarding forwarding) {

  /// With the default limits and forwarding.
  public ProxySettings(
      Duration headTime,
      Duration idleTime,
      Duration bodyTime,
      Duration stallTime,
      Duration tunnelIdleTime,
      Duration lingerTime,
      Duration connectTime,
      Duration upstreamIdleTime,
      Duration freshTime,
      Duration staleTime,
      int replayBytes,
      int maxConnections) {
    this(
        headTime,
        idleTime,
        bodyTime,
        stallTime,
        tunnelIdleTime,
        lingerTime,
        connectTime,
        upstreamIdleTime,
        freshTime,
        staleTime,
        replayBytes,
        maxConnections,
        ClientLimits.DEFAULT,
        Forwarding.DEFAULT);
  }

  /// What an operator chose, and the product's values for the rest.
  ///
  /// @param mostConnections as many as the process may open
  public static ProxySettings of(LoadBalancerBoot.Options options, int mostConnections) {
    LoadBalancerBoot.Limits limits = options.limits();
    int connections = limits.connections();
    return defaults(connections == 0 ? mostConnections : Math.min(connections, mostConnections))
        .with(
            new ClientLimits(
                limits.connectionsPerPort(),
                limits.connectionsPerClient(),
                4 * limits.bodyBytesPerMinute()),
            new Forwarding(
                options.trustedProxies().stream().map(Network::parse).toList(),
                options.forwardedHeaders() != LoadBalancerBoot.ForwardedHeaders.FORWARDED,
                options.forwardedHeaders() != LoadBalancerBoot.ForwardedHeaders.X_FORWARDED));
  }

  /// The same with other limits and forwarding.
  public ProxySettings with(ClientLimits newLimits, Forwarding newForwarding) {
    return new ProxySettings(
        headTime,
        idleTime,
        bodyTime,
        stallTime,
        tunnelIdleTime,
        lingerTime,
        connectTime,
        upstreamIdleTime,
        freshTime,
        staleTime,
        replayBytes,
        maxConnections,
        newLimits,
        newForwarding);
  }

  /// The product's values; `maxConnections` follows from what the process may open.
  public static ProxySettings defaults(int maxConnections) {
    return new ProxySettings(
        Duration.ofSeconds(10),
        Duration.ofSeconds(75),
        Duration.ofSeconds(60),
        Duration.ofSeconds(300),
        Duration.ofHours(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(1),
        Duration.ofSeconds(4),
        Duration.ofSeconds(1),
        Duration.ofMillis(200),
        256 << 10,
        maxConnections);
  }
}
