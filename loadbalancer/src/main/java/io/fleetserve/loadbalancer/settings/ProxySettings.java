package io.fleetserve.loadbalancer.settings;

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
    int maxConnections) {

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
