package io.fleetserve.controller.load;

/// A number over a time window, with how far it can be trusted.
///
/// @param value what was measured: a lower bound unless `complete`
/// @param complete every load balancer's reports cover the whole window
public record Measurement(double value, boolean complete) {}
