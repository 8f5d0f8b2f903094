package io.fleetserve.provider;

/// The mark on everything made for a replica; enough to adopt or end it without a store.
///
/// @param installationId of the controller's store
public record Ownership(String installationId, String service, int replicaId, int generation) {}
