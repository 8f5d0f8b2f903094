package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecReader;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.identity.AgentDoor;
import io.fleetserve.controller.identity.Authority;
import io.fleetserve.controller.identity.Joins;
import io.fleetserve.controller.identity.Refusals;
import io.fleetserve.controller.identity.TunnelDoor;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.store.JdbiStore;
import io.fleetserve.controller.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentBootsTest {
  private static final ReplicaKey KEY = new ReplicaKey("llm", 7, 1);

  @Test
  void exactAmountsLimitTheReplica() {
    AgentBoot.ReplicaTask task = task("resources: {cpus: 0.5, memory: 512MB}\n");

    assertThat(task.cpus()).isEqualTo(0.5);
    assertThat(task.memoryBytes()).isEqualTo(512L << 20);
  }

  @Test
  void minimalAmountsAndNoneLimitNothing() {
    for (String resources : new String[] {"", "resources: {cpus: 1+, memory: 1+}\n"}) {
      AgentBoot.ReplicaTask task = task(resources);

      assertThat(task.cpus()).as(resources).isZero();
      assertThat(task.memoryBytes()).as(resources).isZero();
    }
  }

  @Test
  void gpusPerNodeAreThoseOfTheCandidateThatWasMet() {
    assertThat(task("resources: {accelerators: 'H100:4'}\n").env())
        .containsEntry("SKYPILOT_NUM_GPUS_PER_NODE", "4")
        .containsEntry("SKYPILOT_SERVE_REPLICA_ID", "7");
  }

  @Test
  void serversAreProbedInWhatTheySpeak() {
    AgentBoot.ProbeRule path =
        boot("service: {readiness_probe: /up, routing: {protocol: h2c}}\n").probe();
    AgentBoot.ProbeRule grpc = boot("service: {readiness_probe: {grpc: {service: a.B}}}\n").probe();

    assertThat(path.protocol()).isEqualTo(ReplicaProtocol.H2C);
    assertThat(path.grpcService()).isNull();
    assertThat(grpc.grpcService()).isEqualTo("a.B");
    assertThat(grpc.tls()).isFalse();
    assertThat(boot("service: {routing: {tls: {}}}\n").probe().tls()).isTrue();
  }

  @Test
  void agentOfOneAddressJoinsWhereItDialsTunnels(@TempDir Path folder) throws Exception {
    HomeFolder home = new HomeFolder(folder.resolve("home"));
    home.create();
    Authority authority = Authority.in(home, "i", Clock.systemUTC());
    try (Store store = new JdbiStore(home, 100)) {
      AgentDoor door =
          new AgentDoor(
              "127.0.0.1",
              20_101,
              "https://127.0.0.1:20101",
              authority,
              new Joins(authority, store, Duration.ofHours(1)),
              new Refusals(Clock.systemUTC(), _ -> {}));
      TunnelDoor tunnels = new TunnelDoor("0.0.0.0", 20_201, "lb.example:20201", folder, authority);
      AgentBoots boots =
          new AgentBoots(
              "i", "http://127.0.0.1:1", 1 << 20, door, tunnels, OneAddress.OTHER_MACHINES);
      ServiceVersion version = version("service: {readiness_probe: /, network: tunnel}\n");

      AgentBoot there = boot(boots, version, true);
      AgentBoot here = boot(boots, version, false);

      assertThat(there.oneAddress()).isTrue();
      assertThat(there.controllerUrl()).isEqualTo("https://lb.example:20201");
      assertThat(there.authority()).isEqualTo(door.authorityPem());
      assertThat(here.oneAddress()).isFalse();
      assertThat(here.controllerUrl()).isEqualTo("https://127.0.0.1:20101");
    }
  }

  private static AgentBoot.ReplicaTask task(String resources) {
    return boot("service: {readiness_probe: /, replicas: 1}\n" + resources).task();
  }

  private static AgentBoot boot(String file) {
    return boot(
        new AgentBoots("i", "http://127.0.0.1:1", 1 << 20, null, null, OneAddress.NOBODY),
        version(file),
        false);
  }

  private static AgentBoot boot(AgentBoots boots, ServiceVersion version, boolean remote) {
    return boots.boot(version, version.spec().resources().getFirst(), KEY, "a1", "token", remote);
  }

  private static ServiceVersion version(String file) {
    SpecSource source =
        new SpecSource("s.yaml", file + "run: sleep 1\n", "/tmp", Map.of(), Map.of());
    ServiceSpec spec = SpecReader.read(source);
    return new ServiceVersion(
        "llm",
        1,
        spec,
        source,
        VersionStatus.ACTIVE,
        "",
        "up",
        Rollout.Mode.ROLLING,
        Instant.EPOCH,
        true,
        "");
  }
}
