package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Replicas on machines that are reached by SSH and have no Java: the agent's bundle, its join, the
/// way back to a controller on loopback.
final class SshHostsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long BUNDLE_LIMIT = 60L << 20;
  private static final long AGENT_LIMIT_KIB = 60 << 10;
  private static final String CANARY = "canary-5f0e1c";

  @TempDir Path folder;

  @Test
  void aServiceSpreadsOverTwoHostsOutlivesItsControllerAndLeavesNothing() throws Exception {
    Assumptions.assumeTrue(
        SshHosts.missing().isEmpty(), () -> SshHosts.missing().orElse("nothing is missing"));
    try (SshHosts hosts = SshHosts.start(Files.createDirectories(folder.resolve("ssh")), 2);
        Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      hosts.infra(fleet.home().resolve("infra.yaml"), "");
      fleet.must("up", file());
      URI url = fleet.url("away");

      assertThat(get(url)).contains("Directory listing");
      List<JsonNode> ready = fleet.ready("away");
      assertThat(ready)
          .extracting(replica -> replica.get("endpoint").asString().replaceFirst(":.*", ""))
          .containsExactlyInAnyOrder("127.78.0.1", "127.78.0.2");
      assertThat(fleet.must("events", "away").out()).contains("AgentJoined");
      for (JsonNode replica : ready) {
        long agent = replica.get("agentPid").asLong();
        fleet.await( // what its compiler used goes back
            () -> agent + " has " + residentKib(agent) + " KiB",
            LIMIT,
            () -> residentKib(agent) < AGENT_LIMIT_KIB);
      }
      assertThat(bundles(hosts, 1))
          .singleElement()
          .satisfies(size -> assertThat(size).isPositive());

      ProcessHandle.of(fleet.controllerPid()).orElseThrow().destroyForcibly();
      assertThat(get(url)).contains("Directory listing");
      fleet.await("the same two replicas", LIMIT, () -> pids(fleet).equals(pids(ready)));
      long server = ready.getFirst().get("serverPid").asLong();
      ProcessHandle.of(server).orElseThrow().destroyForcibly();
      fleet.await(
          "a replacement", LIMIT, () -> pids(fleet).size() == 2 && !pids(fleet).contains(server));
      assertThat(get(url)).contains("Directory listing");

      assertNoSecretIsTold(fleet, hosts);
      fleet.must("down", "away", "-y");
      assertThat(left(hosts)).isEmpty();
    }
  }

  @Test
  void certificatesRotateAndARevokedAgentIsReplacedUnderLoad() throws Exception {
    Assumptions.assumeTrue(
        SshHosts.missing().isEmpty(), () -> SshHosts.missing().orElse("nothing is missing"));
    try (SshHosts hosts = SshHosts.start(Files.createDirectories(folder.resolve("ssh")), 2);
        Fleet fleet =
            Fleet.create(
                Services.ROOT, folder, "controller: {agents: {certificate_seconds: 20}}\n")) {
      hosts.infra(fleet.home().resolve("infra.yaml"), "");
      fleet.must("up", file());
      URI url = fleet.url("away");
      Set<String> first = serials(fleet);
      assertThat(first).hasSize(2);

      try (Load load = Load.start(2, () -> HttpRequest.newBuilder(url).timeout(LIMIT).build())) {
        fleet.await(
            "two new certificates",
            LIMIT,
            () -> {
              Set<String> now = serials(fleet);
              return now.size() == 2 && now.stream().noneMatch(first::contains);
            });
        assertThat(fleet.ready("away")).hasSize(2);

        JsonNode revoked = fleet.ready("away").getFirst();
        fleet.must("agents", "revoke", "away", revoked.get("replicaId").asString());
        fleet.await(
            "a replacement, and the end of what was revoked",
            LIMIT,
            () ->
                pids(fleet).size() == 2
                    && !pids(fleet).contains(revoked.get("serverPid").asLong())
                    && ProcessHandle.of(revoked.get("agentPid").asLong()).isEmpty());
        int before = load.count();
        fleet.await("answers of the replacement", LIMIT, () -> load.count() > before + 20);

        assertThat(load.stop(answer -> answer.status() == 200)).isEmpty();
      }
      assertThat(fleet.must("events", "away").out()).contains("AgentRevoked");
      assertThat(fleet.must("check", "ssh").out()).contains("ssh/lab/h1", "ssh/lab/h2", "ok");
      assertThat(fleet.must("infra", "list").out()).contains("away/");
      assertNoSecretIsTold(fleet, hosts);
    }
  }

  private static Set<String> serials(Fleet fleet) {
    return fleet
        .json("agents", "list")
        .valueStream()
        .filter(agent -> agent.get("state").asString().equals("JOINED"))
        .map(agent -> agent.get("serial").asString())
        .collect(Collectors.toSet());
  }

  private void assertNoSecretIsTold(Fleet fleet, SshHosts hosts) throws IOException {
    new SecretSearch(fleet, CANARY)
        .secretFile(hosts.folder().resolve("id"))
        .replicas(folders(hosts))
        .told("plan", fleet.serve("plan", file("ssh/lab")).toString())
        .told("refused plan", fleet.serve("plan", file("ssh/none")).toString())
        .assertNoneIsTold();
  }

  private String file() {
    return file("ssh/lab");
  }

  private String file(String infra) {
    return Services.write(
        folder,
        "away",
        """
        name: away
        service:
          readiness_probe: /
          replicas: 2
        resources: {infra: %s}
        secrets: {CANARY: %s}
        run: exec /usr/bin/python3 -m http.server $PORT
        """
            .formatted(infra, CANARY));
  }

  private static String get(URI url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(url).timeout(LIMIT).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static List<Long> pids(Fleet fleet) {
    return pids(fleet.ready("away"));
  }

  private static List<Long> pids(List<JsonNode> replicas) {
    return replicas.stream().map(replica -> replica.get("serverPid").asLong()).sorted().toList();
  }

  private static long residentKib(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Bytes of each bundle on a host.
  private static List<Long> bundles(SshHosts hosts, int host) throws IOException {
    try (Stream<Path> folders = Files.list(hosts.home(host).resolve(".fleetserve/agents"))) {
      return folders.map(SshHostsIT::bytes).toList();
    }
  }

  private static long bytes(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theBundleIsSmall() throws IOException {
    Path made = Services.ROOT.resolve("dist/target/fleetserve/lib/bundle");
    try (Stream<Path> files = Files.list(made)) {
      assertThat(files.filter(file -> file.toString().endsWith(".tar.gz")).toList())
          .isNotEmpty()
          .allSatisfy(file -> assertThat(Files.size(file)).isLessThan(BUNDLE_LIMIT));
    }
  }

  /// Where each host keeps its replicas.
  private static List<Path> folders(SshHosts hosts) {
    return Stream.of(1, 2).map(host -> hosts.home(host).resolve(".fleetserve/replicas")).toList();
  }

  /// Folders of replicas on both hosts, of all installations.
  private static List<Path> left(SshHosts hosts) {
    return folders(hosts).stream().flatMap(SshHostsIT::in).flatMap(SshHostsIT::in).toList();
  }

  /// None where the folder has gone, also meanwhile.
  private static Stream<Path> in(Path folder) {
    return Stream.ofNullable(folder.toFile().listFiles()).flatMap(Stream::of).map(File::toPath);
  }
}
