package io.fleetserve.controller.store;

import io.fleetserve.api.spec.LoadBalancingPolicy;
import io.fleetserve.api.spec.ReadinessProbe;
import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSection;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.spec.SpotMix;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.Service;
import io.fleetserve.controller.model.ServiceVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Rows for tests of the store.
final class StoredRows {
  static final Instant NOW = Instant.parse("2026-11-01T10:00:00.123Z");

  private StoredRows() {}

  static Service service(String name) {
    return new Service(name, 30001, NOW, false, false, 2, 2, 1, "{\"target\":1}", "", "");
  }

  static ServiceVersion version(String service, int number) {
    return version(service, number, new SpecSource("s.yaml", "run: x", "/tmp", Map.of(), Map.of()));
  }

  static ServiceVersion version(String service, int number, SpecSource source) {
    return new ServiceVersion(
        service,
        number,
        spec(),
        source,
        VersionStatus.ACTIVE,
        "",
        "up",
        ServiceSection.Rollout.Mode.ROLLING,
        NOW,
        true,
        "d1");
  }

  static Replica replica(String service, int id) {
    return Replica.pending(new ReplicaKey(service, id, 1), 1, "00", "wanted", NOW);
  }

  static Attempt attempt(String id, ReplicaKey key) {
    return new Attempt(id, key, "local", Attempt.State.ACCEPTED, "i-1", "", NOW, NOW);
  }

  private static final ServiceSpec SPEC =
      new ServiceSpec(
          null,
          new ServiceSection(
              ReadinessProbe.DEFAULT,
              ReplicaPolicy.fixed(1),
              LoadBalancingPolicy.LEAST_LOAD,
              null,
              Duration.ofSeconds(60),
              null,
              null,
              ServiceSection.Hold.DEFAULT,
              ServiceSection.Drain.DEFAULT,
              ServiceSection.Retry.DEFAULT,
              ServiceSection.Outlier.DEFAULT,
              ServiceSection.Rollout.DEFAULT,
              ServiceSection.Restart.DEFAULT,
              ServiceSection.Listen.DEFAULT,
              ServiceSection.Routing.DEFAULT,
              ServiceSection.Timeouts.NONE,
              ServiceSection.Overload.DEFAULT,
              ServiceSection.Hedge.OFF,
              SpotMix.DEFAULT,
              io.fleetserve.api.spec.NetworkMode.AUTO),
          List.of(
              new Resources(
                  null, Map.of(), null, null, null, false, null, List.of(), null, Map.of())),
          false,
          1,
          Map.of(),
          Map.of(),
          null,
          Map.of(),
          null,
          "exec server",
          Map.of());

  static ServiceSpec spec() {
    return SPEC;
  }
}
