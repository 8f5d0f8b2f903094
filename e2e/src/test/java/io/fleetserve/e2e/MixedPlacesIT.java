package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.docker.DockerEngine;
import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Firewall;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import io.fleetserve.testing.slurm.SlurmCluster;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// One service with a replica on this machine, an SSH host, a Docker engine and a Slurm cluster
/// each: the loss of any of them, by death or by a broken link, costs no repeatable request.
///
/// Each place has room for one, so a replacement goes to the next in the file's order that has
/// room.
final class MixedPlacesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// How long each place is cut off. Longer than a load balancer waits for a connection or a first
  /// byte, and, set to 30, than a controller takes to ask after a silent agent.
  private static final Duration CUT =
      Duration.ofSeconds(Integer.getInteger("fleetserve.cut.seconds", 6));

  /// Addresses at which agents of these places, and no others, reach the controller.
  private static final String DOCKER_WAY = "127.0.79.1";

  private static final String SLURM_WAY = "127.0.79.2";
  private static final String NAME = "mixed";
  private static final String CANARY = "canary-1d93b2";

  @TempDir Path folder;

  @Test
  void lossOfAnyPlaceFailsNoRepeatableRequest() throws Exception {
    for (Optional<String> missing :
        List.of(
            SshHosts.missing(),
            DockerEngine.missing(),
            SlurmCluster.missing(),
            Firewall.missing())) {
      Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    }
    try (SshHosts hosts = SshHosts.start(Files.createDirectories(folder.resolve("ssh")), 1);
        DockerEngine engine = DockerEngine.start();
        SlurmCluster cluster = SlurmCluster.start();
        Fleet fleet = Fleet.create(Services.ROOT, folder, config(engine, cluster))) {
      hosts.infra(fleet.home().resolve("infra.yaml"), "cpus: 1");
      fleet.must("up", file());
      assertThat(places(fleet)).containsExactly("docker", "local", "slurm", "ssh");
      URI url = fleet.url(NAME);
      SecretSearch secrets = secrets(fleet, hosts, engine, cluster);

      try (Load load = Load.start(6, () -> Chat.models(url))) {
        for (String place : List.of("docker", "local", "slurm", "ssh")) {
          JsonNode victim = on(fleet, place);
          kill(place, victim, engine, cluster);
          awaitFour(fleet, Optional.of(victim));
        }
        for (String place : places(fleet).stream().distinct().toList()) {
          cut(fleet, place, load);
          awaitFour(fleet, Optional.empty());
        }
        assertThat(load.stop(answer -> answer.status() == 200)).isEmpty();
      }
      Services.awaitIdle(fleet, NAME);
      secrets.assertNoneIsTold();

      fleet.must("down", NAME, "-y");
      assertThat(engine.docker("ps", "-aq", "--filter", "label=io.fleetserve.attempt")).isBlank();
      assertThat(cluster.run("squeue", "-h")).isBlank();
      assertThat(replicasOf(hosts)).isEmpty();
    }
  }

  private String config(DockerEngine engine, SlurmCluster cluster) {
    int door = Fleet.freePort();
    return """
    controller: {agents: {bind_host: 0.0.0.0, port: %1$d, url: 'https://127.0.0.1:%1$d'}}
    providers:
      docker:
        host: unix://%2$s
        accelerators: {T4: 1}
        controller_url: https://%3$s:%1$d
      slurm:
        clusters:
          test:
            rest: {url: '%4$s', user: root, token_file: %5$s, api: v0.0.38}
            loopback: true
            folder: %6$s
            controller_url: https://%7$s:%1$d
            partitions: {ondemand: {max_jobs: 1}}
    """
        .formatted(
            door,
            engine.socket(),
            DOCKER_WAY,
            cluster.restUrl(),
            cluster.token(),
            cluster.folder().resolve("nodes"),
            SLURM_WAY);
  }

  private String file() throws IOException {
    Files.createDirectories(folder.resolve("files"));
    return Services.write(
        folder.resolve("files"),
        NAME,
        """
        name: mixed
        service:
          readiness_probe: /health
          replicas: 4
          load_balancing_policy: round_robin
          load_balancer: {first_byte_timeout_seconds: 2}
        resources:
          cpus: 1
          ordered:
            - {infra: ssh/lab}
            - {infra: docker, accelerators: T4:1}
            - {infra: slurm/test/ondemand}
            - {infra: local}
        workdir: %s
        secrets: {CANARY: %s}
        run: |
          exec bin/tiny-llm-server --host 0.0.0.0 --port $PORT
        """
            .formatted(Services.ROOT.resolve("examples/tiny-llm/target/tiny-llm"), CANARY));
  }

  private static SecretSearch secrets(
      Fleet fleet, SshHosts hosts, DockerEngine engine, SlurmCluster cluster) throws IOException {
    String container = engine.docker("ps", "-q").strip();
    return new SecretSearch(fleet, CANARY)
        .secretFile(hosts.folder().resolve("id"))
        .secretFile(cluster.token())
        .replicas(List.of(hosts.home(1).resolve(".fleetserve/replicas")))
        .replicas(List.of(cluster.folder().resolve("nodes")))
        .told("docker inspect", engine.docker("inspect", container))
        .told("docker logs", engine.docker("logs", container))
        .told("squeue", cluster.run("squeue", "--json"))
        .told("scontrol", cluster.run("scontrol", "show", "jobs"));
  }

  /// The first part of where each ready replica is, sorted.
  private static List<String> places(Fleet fleet) {
    return fleet.ready(NAME).stream().map(MixedPlacesIT::place).sorted().toList();
  }

  private static String place(JsonNode replica) {
    return replica.get("infra").asString().split("/", 2)[0];
  }

  private static JsonNode on(Fleet fleet, String place) {
    return fleet.ready(NAME).stream()
        .filter(replica -> place(replica).equals(place))
        .findFirst()
        .orElseThrow(() -> new AssertionError("none on " + place + ": " + fleet.status(NAME)));
  }

  private static void kill(String place, JsonNode victim, DockerEngine engine, SlurmCluster cluster)
      throws IOException {
    switch (place) {
      case "docker" -> engine.docker("kill", engine.docker("ps", "-q").strip());
      case "slurm" -> cluster.run("scancel", "--user=root");
      default -> {
        for (String pid : List.of("agentPid", "serverPid")) {
          ProcessHandle.of(victim.get(pid).asLong()).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    }
  }

  private static void awaitFour(Fleet fleet, Optional<JsonNode> gone) {
    fleet.await(
        "four ready replicas without " + gone,
        LIMIT,
        () -> {
          List<JsonNode> ready = fleet.ready(NAME);
          return ready.size() == 4
              && fleet.status(NAME).get("totalReplicas").asInt() == 4
              && ready.stream()
                  .noneMatch(replica -> gone.filter(old -> same(old, replica)).isPresent());
        });
  }

  private static boolean same(JsonNode one, JsonNode other) {
    return one.get("replicaId").asInt() == other.get("replicaId").asInt()
        && one.get("generation").asInt() == other.get("generation").asInt();
  }

  /// A link breaks for a while, in both directions and without a word; others go on serving.
  private static void cut(Fleet fleet, String place, Load load) throws IOException {
    List<String> ends = new ArrayList<>();
    fleet.ready(NAME).stream()
        .filter(replica -> place(replica).equals(place))
        .forEach(replica -> ends.add(replica.get("endpoint").asString()));
    switch (place) {
      case "docker" -> ends.add(DOCKER_WAY);
      case "slurm" -> ends.add(SLURM_WAY);
      case "ssh" -> ends.add("127.78.0.1");
      default -> {
        // Between the controller and its own machine there is no link.
      }
    }
    long end = System.nanoTime() + CUT.toNanos();
    int before = load.count();
    try (Firewall firewall = Firewall.cut(ends)) {
      fleet.await(
          "the end of the cut of " + place,
          CUT.plus(LIMIT),
          () -> System.nanoTime() > end && load.count() > before + 20);
      assertThat(firewall).isNotNull();
    }
  }

  /// Folders of replicas on the host.
  private static List<Path> replicasOf(SshHosts hosts) throws IOException {
    try (Stream<Path> found = Files.walk(hosts.home(1).resolve(".fleetserve/replicas"), 2)) {
      return found.filter(path -> path.getFileName().toString().startsWith(NAME + "-")).toList();
    }
  }
}
