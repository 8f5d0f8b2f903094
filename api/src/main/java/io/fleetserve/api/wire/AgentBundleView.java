package io.fleetserve.api.wire;

/// One agent bundle that the controller hands out: `GET /api/v1/agent/bundles`.
///
/// @param architecture as `uname -m` tells it
/// @param sha256 of the `tar.gz`, 64 hexadecimal digits
/// @param bytes of the `tar.gz`
public record AgentBundleView(String architecture, String sha256, long bytes) {}
