package io.fleetserve.loadbalancer.settings;

import io.fleetserve.api.net.Network;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.loadbalancer.http.Forwarding;
import io.fleetserve.loadbalancer.http.HeadLimits;
import java.time.Duration;
import java.util.List;

/// Times and sizes of the data plane that no service file changes.
///
/// @param replayBytes most body bytes kept to send a request again
/// @param maxConnections clients at once; beyond, accepting pauses
/// @param limits what a client may take
/// @param heads how large the head of a request may be
/// @param forwarding whose word about clients is believed, and what replicas are told
/// @param proxyProtocol whose connections begin with a header of the PROXY protocol
public record ProxySettings(
    Times times,
    int replayBytes,
    int maxConnections,
    ClientLimits limits,
    HeadLimits heads,
    Forwarding forwarding,
    List<Network> proxyProtocol) {
  private static final int REPLAY_BYTES = 256 << 10;

  public ProxySettings {
    proxyProtocol = List.copyOf(proxyProtocol);
  }

  /// How long things may take.
  ///
  /// @param head from the first byte of a request to the end of its head, then 408
  /// @param idle of a client connection between requests
  /// @param body longest silence of a client inside a request body, and a quarter of the time in
  ///   which it must send [ClientLimits#bodyBytes] of it; then 408
  /// @param stall longest time in which a client takes nothing of its answer
  /// @param tunnelIdle longest silence of an upgraded connection
  /// @param linger to wait for the client's end of a connection that is being closed
  /// @param connect to a replica
  /// @param upstreamIdle of a pooled connection; below the 5 s after which common servers close
  /// @param fresh a request that must not be sent twice takes a pooled connection only if it was in
  ///   use within this time: the shorter it was idle, the less likely the replica is closing it
  /// @param stale a reused connection that ends this soon after a request was sent, without a byte
  ///   of an answer, had most likely been closed before: says little about the replica
  public record Times(
      Duration head,
      Duration idle,
      Duration body,
      Duration stall,
      Duration tunnelIdle,
      Duration linger,
      Duration connect,
      Duration upstreamIdle,
      Duration fresh,
      Duration stale) {
    /// The product's.
    public static final Times DEFAULT =
        new Times(
            Duration.ofSeconds(10),
            Duration.ofSeconds(75),
            Duration.ofSeconds(60),
            Duration.ofSeconds(300),
            Duration.ofHours(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            Duration.ofSeconds(1),
            Duration.ofMillis(200));
  }

  /// With the default limits and forwarding.
  public ProxySettings(Times times, int replayBytes, int maxConnections) {
    this(
        times,
        replayBytes,
        maxConnections,
        ClientLimits.DEFAULT,
        HeadLimits.DEFAULT,
        Forwarding.DEFAULT,
        List.of());
  }

  /// What an operator chose, and the product's values for the rest.
  ///
  /// @param mostConnections as many as the process may open
  public static ProxySettings of(LoadBalancerBoot.Options options, int mostConnections) {
    LoadBalancerBoot.Limits limits = options.limits();
    int connections = limits.connections();
    return new ProxySettings(
        Times.DEFAULT,
        REPLAY_BYTES,
        connections == 0 ? mostConnections : Math.min(connections, mostConnections),
        new ClientLimits(
            limits.connectionsPerPort(),
            limits.connectionsPerClient(),
            4 * limits.bodyBytesPerMinute()),
        new HeadLimits(limits.headBytes(), limits.headFields()),
        new Forwarding(
            networks(options.trustedProxies()),
            options.forwardedHeaders() != LoadBalancerBoot.ForwardedHeaders.FORWARDED,
            options.forwardedHeaders() != LoadBalancerBoot.ForwardedHeaders.X_FORWARDED),
        networks(options.proxyProtocol()));
  }

  private static List<Network> networks(List<String> texts) {
    return texts.stream().map(Network::parse).toList();
  }

  /// The product's values; `maxConnections` follows from what the process may open.
  public static ProxySettings defaults(int maxConnections) {
    return new ProxySettings(Times.DEFAULT, REPLAY_BYTES, maxConnections);
  }
}
