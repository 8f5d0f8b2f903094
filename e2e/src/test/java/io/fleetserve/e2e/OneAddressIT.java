package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import io.fleetserve.testing.ssh.IsolatedHost;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Agents that open connections to one address only: the tunnels' port, which leads to the load
/// balancer and to the controller. They are on a host that can reach nothing, where that address is
/// a port forwarded by SSH.
final class OneAddressIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void aHostThatReachesNothingServesThroughOneForwardedPort() throws Exception {
    Assumptions.assumeTrue(
        IsolatedHost.missing().isEmpty(), () -> IsolatedHost.missing().orElse("nothing"));
    try (IsolatedHost host = IsolatedHost.start(Files.createDirectories(folder.resolve("ssh")));
        Fleet fleet =
            Fleet.create(
                Services.ROOT, folder, "controller: {agents: {certificate_seconds: 20}}\n")) {
      fleet.openTunnels();
      host.hosts().infra(fleet.home().resolve("infra.yaml"), "");
      fleet.must(
          "up",
          Services.write(
              folder,
              "inner",
              """
              name: inner
              service: {readiness_probe: /, replicas: 1, network: tunnel}
              resources: {infra: ssh/lab}
              run: exec /usr/bin/python3 -u -m http.server $PORT
              """));
      URI url = fleet.url("inner");
      JsonNode first = agent(fleet);

      try (Load load = Load.start(2, () -> HttpRequest.newBuilder(url).timeout(LIMIT).build())) {
        fleet.await("answers", LIMIT, () -> load.count() > 20);
        fleet.await("the way is told", LIMIT, () -> "TUNNEL".equals(way(fleet)));
        fleet.await(
            "another certificate, by way of the load balancer",
            LIMIT,
            () -> !agent(fleet).get("serial").equals(first.get("serial")));

        ProcessHandle.of(fleet.controllerPid()).orElseThrow().destroyForcibly();
        fleet.must("status");
        int before = load.count();
        fleet.await("answers without a pause", LIMIT, () -> load.count() > before + 20);
        JsonNode second = agent(fleet);
        fleet.await(
            "another certificate from the next controller",
            LIMIT,
            () -> !agent(fleet).get("serial").equals(second.get("serial")));
        assertThat(load.stop(answer -> answer.status() == 200)).isEmpty();
      }
      assertThat(fleet.must("status", "inner", "-v").out()).contains("NETWORK", "tunnel");
      assertThat(fleet.must("logs", "inner", "1").out()).contains("GET /");

      JsonNode revoked = fleet.ready("inner").getFirst();
      fleet.must("agents", "revoke", "inner", revoked.get("replicaId").asString());
      fleet.await(
          "the end of what was revoked",
          LIMIT,
          () -> ProcessHandle.of(revoked.get("agentPid").asLong()).isEmpty());
      fleet.must("down", "inner", "-y");
    }
  }

  private static JsonNode agent(Fleet fleet) {
    return fleet.json("agents", "list").valueStream().findFirst().orElseThrow();
  }

  private static String way(Fleet fleet) {
    return fleet.ready("inner").getFirst().get("way").asString();
  }
}
