package io.fleetserve.loadbalancer.settings;

/// What a client may take. 0 means: no limit.
///
/// @param connectionsPerPort beyond, accepting on that port pauses
/// @param connectionsPerClient of one address; a further one is closed at once
/// @param bodyBytes fewest bytes of a request's body within four times the longest silence that is
///   allowed; then 408
public record ClientLimits(int connectionsPerPort, int connectionsPerClient, int bodyBytes) {
  /// No limits of connections, and a rate that only an attacker falls below.
  public static final ClientLimits DEFAULT = new ClientLimits(0, 0, 512);
}
