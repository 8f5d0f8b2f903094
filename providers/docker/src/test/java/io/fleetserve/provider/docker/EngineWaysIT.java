package io.fleetserve.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.testing.docker.DockerEngine;
import io.fleetserve.testing.docker.EngineKeys;
import io.fleetserve.testing.fleet.Script;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A real engine reached by TLS, and by SSH through a real `sshd`: what works, and what is said of
/// a way that does not.
@ExtendWith(RealDocker.class)
final class EngineWaysIT {
  private static final String INSTALLATION = "docker-ways-it";
  private static final String AGENT = "echo started; exec sleep 1000";

  private static @Nullable SshHosts host;

  @TempDir Path home;

  @BeforeAll
  static void startHost() throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        SshHosts.missing().isEmpty(), () -> SshHosts.missing().orElse("nothing is missing"));
    host = SshHosts.start(Files.createTempDirectory(Path.of("/tmp"), "fsl"), 1);
  }

  @AfterAll
  static void stopHost() throws IOException {
    SshHosts running = host;
    if (running != null) {
      running.close();
      Script.output(List.of("rm", "-rf", running.folder().toString()), Map.of(), 30);
    }
  }

  @Test
  void containerIsMadeSeenAndRemovedByTls() {
    roundTrip("atls", tls("ca.pem", "client"));
  }

  @Test
  void containerIsMadeSeenAndRemovedBySsh() throws IOException {
    roundTrip("assh", ssh(host().folder().resolve("id"), knownHosts()));
  }

  private void roundTrip(String attempt, Map<String, Object> settings) {
    try (DockerProvider provider = open(settings)) {
      CreateOutcome outcome =
          provider.create(
              TestSpecs.spec(INSTALLATION, attempt, TestSpecs.image("docker:skytest/host:1")));

      assertThat(outcome).isInstanceOf(CreateOutcome.Accepted.class);
      InstanceRef ref = ((CreateOutcome.Accepted) outcome).ref();
      await().until(() -> provider.get(ref).orElseThrow().state() == Instance.State.RUNNING);
      assertThat(provider.list(INSTALLATION)).extracting(Instance::ref).containsExactly(ref);
      assertThat(provider.places())
          .singleElement()
          .satisfies(place -> assertThat(place.attempts()).contains(attempt))
          .extracting(Place::problem)
          .isNull();

      provider.terminate(ref);

      assertThat(provider.get(ref)).isEmpty();
      assertThat(provider.list(INSTALLATION)).isEmpty();
    }
  }

  @Test
  void authorityThatDidNotSignTheEnginesCertificateIsTold() {
    assertAway(
        tls("other-ca.pem", "client"),
        RealDocker.engine().tlsUrl(),
        "valid certification path",
        "tls.ca of providers.docker");
  }

  @Test
  void engineThatDoesNotKnowTheClientIsTold() {
    String fix = "tls.cert and tls.key of providers.docker";

    assertAway(tls("ca.pem", null), RealDocker.engine().tlsUrl(), "certificate", fix);
    assertAway(tls("ca.pem", "other"), RealDocker.engine().tlsUrl(), "certificate", fix);
  }

  @Test
  void portWithoutAnEngineIsTold() {
    Map<String, Object> settings = new HashMap<>(tls("ca.pem", "client"));
    settings.put("host", "tcp://" + DockerEngine.ADDRESS + ":1");

    assertAway(settings, "tcp://127.76.0.1:1", "Connection refused", "start the engine there");
  }

  @Test
  void hostWithAnUnknownKeyIsTold() throws IOException {
    Path none = Files.createFile(home.resolve("known_hosts"));

    assertAway(
        ssh(host().folder().resolve("id"), none),
        "ssh://root@127.78.0.1:" + host().port(),
        "Host key verification failed",
        "providers.docker.ssh.known_hosts");
  }

  @Test
  void keyThatTheHostDoesNotAcceptIsTold() throws IOException {
    Path stranger = newKey("stranger");

    assertAway(
        ssh(stranger, knownHosts()), "root@127.78.0.1", "Permission denied (", "ssh.identity");
  }

  @Test
  void userWithoutRightsOnTheSocketIsTold() throws IOException {
    assertAway(
        ssh(keyFor("exec setpriv --reuid 65534 --regid 65534 --clear-groups sh -c"), knownHosts()),
        "root@127.78.0.1",
        "permission denied",
        "no rights on the engine's socket");
  }

  @Test
  void hostWithoutTheEnginesClientIsTold() throws IOException {
    assertAway(
        ssh(keyFor("PATH=/none exec /bin/sh -c"), knownHosts()),
        "root@127.78.0.1",
        "docker: not found",
        "needs the program docker");
  }

  @Test
  void hostWithoutTheEnginesSocketIsTold() throws IOException {
    Map<String, Object> settings = new HashMap<>(ssh(host().folder().resolve("id"), knownHosts()));
    settings.put("host", "ssh://root@127.78.0.1:" + host().port() + "/run/no-engine.sock");

    assertAway(settings, "/run/no-engine.sock", "", "start the engine there");
  }

  /// All that a person hears of it: of `serve check`, of a plan, and of a launch, which leaves
  /// nothing.
  private void assertAway(Map<String, Object> settings, String place, String value, String fix) {
    try (DockerProvider provider = open(settings)) {
      List<String> told = new ArrayList<>();

      assertThat(
              provider.offers(
                  new OfferQuery(
                      TestSpecs.image("docker:skytest/host:1"),
                      1,
                      never -> assertThat(never).isNull(),
                      told::add,
                      told::add)))
          .isEmpty();
      told.add(String.valueOf(provider.places().getFirst().problem()));
      CreateOutcome outcome =
          provider.create(
              TestSpecs.spec(INSTALLATION, "aaway", TestSpecs.image("docker:skytest/host:1")));
      ProviderError error = ((CreateOutcome.Rejected) outcome).error();
      assertThat(error.category()).isEqualTo(Category.TRANSIENT);
      told.add(error.message());

      assertThat(told)
          .hasSize(3)
          .allSatisfy(message ->
              assertThat(message)
                  .startsWith("docker: the engine at ")
                  .contains(place)
                  .containsIgnoringCase(value)
                  .contains(fix)
                  .doesNotContain("\n"));
    }
  }

  private static SshHosts host() {
    return Objects.requireNonNull(host);
  }

  private static Path knownHosts() {
    return host().folder().resolve("known_hosts");
  }

  private static Map<String, Object> tls(String authority, @Nullable String client) {
    EngineKeys keys = RealDocker.engine().keys();
    Map<String, String> files = new HashMap<>(Map.of("ca", keys.file(authority)));
    if (client != null) {
      files.put("cert", keys.file(client + ".pem"));
      files.put("key", keys.file(client + ".key"));
    }
    return Map.of("host", RealDocker.engine().tlsUrl(), "tls", files);
  }

  private static Map<String, Object> ssh(Path identity, Path knownHosts) {
    return Map.of(
        "host",
        "ssh://root@127.78.0.1:" + host().port() + RealDocker.engine().socket(),
        "ssh",
        Map.of("identity", identity.toString(), "known_hosts", knownHosts.toString()));
  }

  private Path newKey(String name) throws IOException {
    Path key = home.resolve(name);
    Script.output(
        List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()), Map.of(), 20);
    return key;
  }

  /// A key with which whatever is asked for is run otherwise.
  ///
  /// @param by words of a shell before the command
  private Path keyFor(String by) throws IOException {
    Path key = newKey("limited");
    Files.writeString(
        host().folder().resolve("authorized_keys"),
        "command=\"%s \\\"$SSH_ORIGINAL_COMMAND\\\"\" %s"
            .formatted(by, Files.readString(Path.of(key + ".pub"))),
        java.nio.file.StandardOpenOption.APPEND);
    return key;
  }

  private DockerProvider open(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("controller_url", "https://" + DockerEngine.ADDRESS + ":9");
    all.put("binds", List.of("/usr:/usr:ro"));
    return RealDocker.open(INSTALLATION, home, AGENT, all);
  }
}
