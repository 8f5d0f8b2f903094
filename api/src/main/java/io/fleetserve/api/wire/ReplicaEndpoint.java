package io.fleetserve.api.wire;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.spec.ReplicaTls;
import org.jspecify.annotations.Nullable;

/// One replica as a load balancer sees it. Identity is (service, replicaId, generation); host and
/// port are attributes.
///
/// @param generation start count of this replica id, from 1
/// @param accelerator first accelerator, for example `H100:1`; null means none
/// @param draining true: no new request, those in flight end
/// @param protocol what it speaks; null, as older snapshots have it, means HTTP/1.1
/// @param tls null means that it speaks without
/// @param network how it is reached; null, as older snapshots have it, means DIRECT
/// @param attemptId whose agent's tunnels lead to it; null when it has none
public record ReplicaEndpoint(
    int replicaId,
    int generation,
    int version,
    String host,
    int port,
    @Nullable String accelerator,
    boolean draining,
    @Nullable ReplicaProtocol protocol,
    @Nullable ReplicaTls tls,
    @Nullable NetworkMode network,
    @Nullable String attemptId) {

  /// A replica that speaks HTTP/1.1.
  public ReplicaEndpoint(
      int replicaId,
      int generation,
      int version,
      String host,
      int port,
      @Nullable String accelerator,
      boolean draining) {
    this(replicaId, generation, version, host, port, accelerator, draining, ReplicaProtocol.HTTP1);
  }

  /// A replica that speaks without TLS and is reached at its address.
  public ReplicaEndpoint(
      int replicaId,
      int generation,
      int version,
      String host,
      int port,
      @Nullable String accelerator,
      boolean draining,
      @Nullable ReplicaProtocol protocol) {
    this(
        replicaId,
        generation,
        version,
        host,
        port,
        accelerator,
        draining,
        protocol,
        null,
        NetworkMode.DIRECT,
        null);
  }

  /// Whether it speaks HTTP/2.
  public boolean speaksHttp2() {
    return protocol == ReplicaProtocol.H2C || protocol == ReplicaProtocol.H2;
  }
}
