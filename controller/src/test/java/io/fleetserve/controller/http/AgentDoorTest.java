package io.fleetserve.controller.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.CertificateRequest;
import io.fleetserve.api.pki.Pem;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentCertificate;
import io.fleetserve.api.wire.EventView;
import io.fleetserve.api.wire.Json;
import io.fleetserve.controller.http.DoorClient.Answer;
import io.fleetserve.controller.identity.Authority;
import io.fleetserve.controller.run.TestFleet;
import io.fleetserve.provider.AgentBundle;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The port of agents on other machines: who is let in, who is not, and that it is told.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AgentDoorTest {
  private static final String ONE = "readiness_probe: /\nreplicas: 1\n";
  private static final byte[] BUNDLE = "a bundle".getBytes(StandardCharsets.UTF_8);

  @SuppressWarnings("NullAway.Init")
  private TestFleet fleet;

  private int services;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("bundle.tar.gz"), BUNDLE);
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(BUNDLE));
    fleet =
        TestFleet.remote(folder.resolve("home"), List.of(new AgentBundle(file, sha256, "x86_64")));
  }

  @AfterAll
  void end() {
    fleet.close();
  }

  /// A service of its own, and what the agent of its replica was started with.
  private AgentBoot invited() throws IOException, InterruptedException {
    String name = "svc" + ++services;
    assertThat(fleet.post("/services", TestFleet.file(name, ONE, "exec x")).statusCode())
        .isEqualTo(201);
    await().until(() -> !fleet.boots(name).isEmpty());
    return fleet.boots(name).getFirst();
  }

  private static Answer join(AgentBoot boot, KeyPair key) throws IOException {
    return DoorClient.of(boot).post("/join?generation=1", boot.token(), CertificateRequest.of(key));
  }

  private static DoorClient joined(AgentBoot boot, KeyPair key) throws IOException {
    Answer answer = join(boot, key);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    String pem = Json.MAPPER.readValue(answer.text(), AgentCertificate.class).certificate();
    return DoorClient.of(boot).with(key, Pem.certificates(pem).getFirst());
  }

  private static Answer report(DoorClient agent) throws IOException {
    return agent.post("/reports", null, agent.report());
  }

  @Test
  void anAgentJoinsReportsAndRenews() throws Exception {
    AgentBoot boot = invited();
    DoorClient agent = joined(boot, CertificateRequest.newKey());

    assertThat(report(agent).status()).isEqualTo(204);
    KeyPair next = CertificateRequest.newKey();
    Answer renewed = agent.post("/certificate?generation=1", null, CertificateRequest.of(next));
    AgentCertificate certificate = Json.MAPPER.readValue(renewed.text(), AgentCertificate.class);
    assertThat(Duration.ofMillis(certificate.renewAfterMillis())).isEqualTo(Duration.ofHours(12));
    X509Certificate fresh = Pem.certificates(certificate.certificate()).getFirst();
    assertThat(report(DoorClient.of(boot).with(next, fresh)).status()).isEqualTo(204);
    assertThat(events(boot.service())).anyMatch(event -> event.type().equals("AgentJoined"));
  }

  @Test
  void whatWasBootedCarriesNoTokenThatTheLoopbackPortTakes() throws Exception {
    AgentBoot boot = invited();
    String path = "/agents/" + boot.service() + "/1/logs?generation=1&offset=0";

    for (String token : List.of(boot.token(), boot.token().substring(boot.token().indexOf('.')))) {
      HttpResponse<String> answer =
          fleet.send(
              fleet
                  .request(path)
                  .setHeader("Authorization", "Bearer " + token)
                  .POST(java.net.http.HttpRequest.BodyPublishers.ofString("x"))
                  .build());
      assertThat(answer.statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aReplayedTokenIsRefusedAndTold() throws Exception {
    AgentBoot boot = invited();
    joined(boot, CertificateRequest.newKey());

    Answer replayed = join(boot, CertificateRequest.newKey());

    assertThat(replayed.status()).isEqualTo(403);
    assertThat(replayed.text()).contains("used already").doesNotContain(boot.token());
    assertTold("the token was used already");
  }

  @Test
  void aTokenIsNoCertificateAndAnotherReplicasCertificateIsNone() throws Exception {
    AgentBoot boot = invited();
    AgentBoot other = invited();
    KeyPair key = CertificateRequest.newKey();
    DoorClient agent = joined(boot, key);

    assertThat(
            DoorClient.of(boot).post("/logs?generation=1&offset=0", boot.token(), BUNDLE).status())
        .isEqualTo(401);
    assertThat(report(DoorClient.of(boot)).status()).isEqualTo(401);
    assertThat(report(agent.about(other)).status()).isEqualTo(401);
    assertTold("is not good for replica " + other.service());
    assertThat(join(other, key).status()).isEqualTo(200);
  }

  @Test
  void certificatesOfOthersAndOverdueOnesEndTheHandshake(@TempDir Path folder) throws Exception {
    AgentBoot boot = invited();
    Authority authority = fleet.door().authority();
    CertificateName name =
        CertificateName.agent(boot.installationId(), boot.service(), 1, 1, boot.attemptId());
    var home = new io.fleetserve.controller.home.HomeFolder(folder.resolve("stranger"));
    home.create();
    Authority stranger = Authority.in(home, boot.installationId(), Clock.systemUTC());
    KeyPair key = CertificateRequest.newKey();
    Duration hour = Duration.ofHours(1);

    X509Certificate foreign = stranger.issue(key.getPublic(), name, hour);
    X509Certificate overdue = authority.issue(key.getPublic(), name, Duration.ofMinutes(-1));
    X509Certificate early =
        new Authority(
                authority.installationId(),
                authority.certificate(),
                authority.key(),
                Clock.offset(Clock.systemUTC(), hour))
            .issue(key.getPublic(), name, hour);
    X509Certificate server =
        authority.issue(key.getPublic(), CertificateName.controller(boot.installationId()), hour);

    for (X509Certificate bad : List.of(foreign, overdue, early, server)) {
      DoorClient client = DoorClient.of(boot).with(key, bad);
      assertThatThrownBy(() -> report(client)).isInstanceOf(IOException.class);
      assertTold("certificate " + bad.getSerialNumber().toString(16));
    }
  }

  @Test
  void aCertificateThatWasNeverHandedOutIsRefused() throws Exception {
    AgentBoot boot = invited();
    KeyPair key = CertificateRequest.newKey();
    CertificateName name =
        CertificateName.agent(boot.installationId(), boot.service(), 1, 1, boot.attemptId());
    X509Certificate forged =
        fleet.door().authority().issue(key.getPublic(), name, Duration.ofHours(1));

    assertThat(report(DoorClient.of(boot).with(key, forged)).status()).isEqualTo(401);
  }

  @Test
  void aRevokedAgentIsCutOffAndItsReplicaReplaced() throws Exception {
    AgentBoot boot = invited();
    DoorClient agent = joined(boot, CertificateRequest.newKey());
    assertThat(report(agent).status()).isEqualTo(204);
    try (var lines = agent.follow("/commands?generation=1")) {
      assertThat(lines.readLine()).isNotNull();

      assertThat(
              fleet
                  .post("/services/" + boot.service() + "/replicas/1/revoke", java.util.Map.of())
                  .statusCode())
          .isEqualTo(202);

      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            String line = lines.readLine();
            return line == null;
          });
    }
    assertThat(report(agent).status()).isEqualTo(410);
    await().atMost(Duration.ofSeconds(20)).until(() -> fleet.boots(boot.service()).size() >= 2);
    assertThat(events(boot.service())).anyMatch(event -> event.type().equals("AgentRevoked"));
  }

  @Test
  void theBundleIsHandedOutForATokenThatWasNotUsedYet() throws Exception {
    AgentBoot boot = invited();
    DoorClient door = DoorClient.of(boot);

    Answer bundle = door.get("/api/v1/agent/bundles/x86_64", boot.token());

    assertThat(bundle.status()).isEqualTo(200);
    assertThat(bundle.body()).isEqualTo(BUNDLE);
    assertThat(bundle.header("Repr-Digest"))
        .isEqualTo(
            "sha-256=:"
                + Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(BUNDLE))
                + ":");
    assertThat(door.get("/api/v1/agent/bundles", boot.token()).text()).contains("x86_64");
    assertThat(door.get("/api/v1/agent/bundles/mips", boot.token()).status()).isEqualTo(404);
    assertThat(fleet.get("/agent/bundles/x86_64").statusCode()).isEqualTo(200);
    joined(boot, CertificateRequest.newKey());
    assertThat(door.get("/api/v1/agent/bundles/x86_64", boot.token()).status()).isEqualTo(401);
  }

  @Test
  void nothingElseIsServedThere() throws Exception {
    DoorClient door = DoorClient.of(invited());

    for (String path : List.of("/services", "/health", "/stop", "/loadbalancers/lb-1/endpoints")) {
      assertThat(door.get("/api/v1" + path, fleet.token()).status()).isEqualTo(404);
      assertThat(door.get("/api/v1" + path, null).status()).isEqualTo(401);
    }
  }

  @Test
  void noEventTellsAToken() throws Exception {
    AgentBoot boot = invited();
    joined(boot, CertificateRequest.newKey());
    join(boot, CertificateRequest.newKey());

    assertThat(fleet.get("/events?limit=10000").body())
        .contains("AgentJoined")
        .doesNotContain(boot.token().substring(boot.token().indexOf('.') + 1));
  }

  private List<EventView> events(String service) throws IOException, InterruptedException {
    return List.of(
        Json.MAPPER.readValue(
            fleet.get("/events?limit=10000&service=" + service).body(), EventView[].class));
  }

  private void assertTold(String what) {
    await()
        .until(() ->
            List.of(
                    Json.MAPPER.readValue(
                        fleet.get("/events?limit=10000").body(), EventView[].class))
                .stream()
                .anyMatch(event ->
                    event.type().equals("AgentRefused") && event.message().contains(what)));
  }
}
