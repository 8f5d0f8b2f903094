package io.fleetserve.api.wire;

/// One place replicas can run, `GET /api/v1/infra`.
///
/// @param reason why it is not enabled; empty when it is
public record InfraView(
    String name, boolean enabled, String reason, String resources, int replicas) {}
