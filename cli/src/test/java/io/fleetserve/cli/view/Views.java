package io.fleetserve.cli.view;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.api.wire.Plan;
import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.api.wire.VersionView;
import java.util.List;

/// Views for tests: a service `llm` at 127.0.0.1:30001, created at second 1,000 of the epoch.
public final class Views {
  private Views() {}

  public static ServiceView service(
      ServiceStatus status, int version, int target, int wanted, ReplicaView... replicas) {
    return service("llm", "http://127.0.0.1:30001", status, version, target, wanted, replicas);
  }

  public static ServiceView service(
      String name,
      String endpoint,
      ServiceStatus status,
      int version,
      int target,
      int wanted,
      ReplicaView... replicas) {
    List<ReplicaView> list = List.of(replicas);
    return new ServiceView(
        name,
        version,
        target,
        status,
        status == ServiceStatus.FAILED ? "version 1 failed" : "",
        endpoint,
        List.of(name),
        30000,
        (int) list.stream().filter(view -> view.status() == ReplicaStatus.READY).count(),
        (int) list.stream().filter(view -> view.status().isAlive()).count(),
        wanted,
        1_000_000,
        status == ServiceStatus.READY ? 1_000_000 : 0,
        "fixed 2",
        "least_load",
        "1 CPU",
        0,
        0,
        0,
        list);
  }

  public static ReplicaView replica(int id, int version, ReplicaStatus status) {
    boolean ready = status == ReplicaStatus.READY;
    return new ReplicaView(
        "llm",
        id,
        1,
        version,
        status,
        status.isFailed() ? "exited with 7" : "",
        ready ? "127.0.0.1:4000" + id : "",
        "local",
        "1 CPU",
        0,
        false,
        1_000_000,
        ready ? 400 : 0,
        0,
        ready ? NetworkMode.DIRECT : null,
        0,
        0,
        0);
  }

  public static VersionView version(int number, VersionStatus status, String reason) {
    return new VersionView("llm", number, status, reason, "update", 1_000_000, "");
  }

  public static Plan plan(int version) {
    return new Plan(
        "llm",
        version,
        2,
        2,
        2,
        "local",
        "1 CPU",
        0,
        List.of("local: free"),
        List.of(),
        null,
        false);
  }
}
