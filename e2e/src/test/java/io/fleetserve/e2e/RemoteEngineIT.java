package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.docker.DockerEngine;
import io.fleetserve.testing.docker.EngineKeys;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A service on an engine that is taken for another machine's: reached by TLS, then by SSH. The
/// agent's bundle goes to it on the same way, and agents come from a network of their own.
final class RemoteEngineIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// Of this machine in the engine's network.
  private static final String GATEWAY = "198.18.77.1";

  private static final String ATTEMPTS = "label=io.fleetserve.attempt";

  @TempDir Path folder;

  @Test
  void replicaServesDrainsAndGoesOverEachWay() throws Exception {
    for (Optional<String> missing : List.of(SshHosts.missing(), DockerEngine.missing())) {
      Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    }
    try (SshHosts hosts = SshHosts.start(Files.createDirectories(folder.resolve("ssh")), 1);
        DockerEngine engine = DockerEngine.start();
        Fleet fleet = Fleet.create(Services.ROOT, folder, agents() + tls(engine))) {
      Path config = fleet.home().resolve("config.yaml");
      assertServes(fleet, engine);
      engine.docker("volume", "rm", engine.docker("volume", "ls", "-q").strip());

      use(fleet, config, tls(engine), ssh(hosts, engine));
      assertServes(fleet, engine);
    }
  }

  /// The controller reads it as it starts.
  private static void use(Fleet fleet, Path config, String before, String after)
      throws IOException {
    fleet.must("controller", "stop");
    Files.writeString(config, Files.readString(config).replace(before, after));
  }

  private void assertServes(Fleet fleet, DockerEngine engine) throws Exception {
    fleet.must("up", file());
    assertThat(fleet.must("check", "docker").out()).containsPattern("docker +ok");
    assertThat(engine.docker("ps", "-q", "--filter", ATTEMPTS).lines()).hasSize(1);
    URI url = fleet.url("far");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<Stream<String>> stream =
          client.send(
              HttpRequest.newBuilder(url.resolve("/stream")).timeout(LIMIT).build(),
              HttpResponse.BodyHandlers.ofLines());

      fleet.must("down", "far", "-y");

      assertThat(stream.body()).hasSize(30);
    }
    assertThat(engine.docker("ps", "-aq")).isBlank();
  }

  private static String agents() {
    return "controller: {agents: {bind_host: 0.0.0.0, port: %1$d, url: 'https://%2$s:%1$d'}}\n"
        .formatted(Fleet.freePort(), GATEWAY);
  }

  private static String tls(DockerEngine engine) {
    EngineKeys keys = engine.keys();
    return Services.docker(
        engine.tlsUrl(),
        "tls: {ca: %s, cert: %s, key: %s}"
            .formatted(keys.file("ca.pem"), keys.file("client.pem"), keys.file("client.key")));
  }

  private static String ssh(SshHosts hosts, DockerEngine engine) {
    return Services.docker(
        "ssh://root@127.78.0.1:" + hosts.port() + engine.socket(),
        "ssh: {identity: %s, known_hosts: %s}"
            .formatted(hosts.folder().resolve("id"), hosts.folder().resolve("known_hosts")));
  }

  private String file() {
    return Services.write(
        folder,
        "far",
        """
        name: far
        service: {readiness_probe: /, replicas: 1}
        resources: {infra: docker, image_id: 'docker:skytest/host:1'}
        run: |
        """
            + Services.slowServer(1).replace("127.0.0.1", "0.0.0.0").indent(2));
  }
}
