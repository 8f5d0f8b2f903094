package io.fleetserve.provider;

import java.time.Duration;

/// What a provider can do.
///
/// @param spot sells interruptible instances
/// @param sharedHost replicas share one machine's ports, so a fixed port can be used once
/// @param multiNode several machines per replica
/// @param notice how long before it takes an instance back the provider says so in
///   [Instance#preemptionAt]; zero means that it gives no notice there. Ask a few times within it
/// @param remote instances reach the controller over a network: their agents join with a one-time
///   token and speak mutual TLS, instead of a plain connection of this machine
/// @param settle how long after an ambiguous create the instance may still show up in a listing
public record Capabilities(
    boolean spot,
    boolean sharedHost,
    boolean multiNode,
    boolean remote,
    Duration notice,
    Duration settle) {
  /// Of a provider whose agents are on the controller's machine.
  public Capabilities(
      boolean spot, boolean sharedHost, boolean multiNode, Duration notice, Duration settle) {
    this(spot, sharedHost, multiNode, false, notice, settle);
  }
}
