package io.fleetserve.api.wire;

import org.jspecify.annotations.Nullable;

/// One replica as a load balancer sees it. Identity is (service, replicaId, generation); host and
/// port are attributes.
///
/// @param generation start count of this replica id, from 1
/// @param accelerator first accelerator, for example `H100:1`; null means none
/// @param draining true: no new request, those in flight end
public record ReplicaEndpoint(
    int replicaId,
    int generation,
    int version,
    String host,
    int port,
    @Nullable String accelerator,
    boolean draining) {}
