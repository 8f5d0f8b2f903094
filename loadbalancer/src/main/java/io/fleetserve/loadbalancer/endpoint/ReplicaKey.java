package io.fleetserve.loadbalancer.endpoint;

/// Identity of a replica within its service: an address is only an attribute.
public record ReplicaKey(int replicaId, int generation) {}
