package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator asks of the load balancer: certificates, and a new process under load.
final class LoadBalancerIT {
  @TempDir Path folder;

  @Test
  void serviceIsServedOverTlsWithItsOwnCertificate() throws Exception {
    X509Bundle own =
        new CertificateBuilder()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    String key = Services.write(folder, "key", own.getPrivateKeyPEM());
    String certificate = Services.write(folder, "certificate", own.getCertificatePathPEM());
    String section =
        "readiness_probe: /\nreplicas: 1\ntls: {keyfile: '%s', certfile: '%s'}\n"
            .formatted(key, certificate);
    try (Fleet fleet = Fleet.create(Services.ROOT, folder);
        HttpClient client = HttpClient.newBuilder().sslContext(trusting(own)).build()) {
      fleet.must("up", Services.of(folder, "secret", section, Services.slowServer(1)));
      URI url = fleet.url("secret");

      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("https://localhost:" + url.getPort())).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(url.getScheme()).isEqualTo("https");
      assertThat(answer.body()).isEqualTo("v1");
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    }
  }

  @Test
  void newProcessUnderLoadFailsNoRequest() throws Exception {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder);
        HttpClient client = HttpClient.newHttpClient()) {
      fleet.must(
          "up",
          Services.of(folder, "slow", "readiness_probe: /\nreplicas: 1\n", Services.slowServer(1)));
      URI url = fleet.url("slow");
      long before = fleet.loadBalancerPid();
      HttpResponse<Stream<String>> stream =
          client.send(
              HttpRequest.newBuilder(url.resolve("/stream")).build(),
              HttpResponse.BodyHandlers.ofLines());

      try (Load load =
          Load.start(
              4, () -> HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(30)).build())) {
        fleet.must("load-balancer", "restart");
        int soFar = load.count();
        fleet.await("answers of the new process", Services.SOON, () -> load.count() > soFar + 100);

        assertThat(load.stop(answer -> answer.status() == 200 && answer.body().equals("v1")))
            .isEmpty();
      }
      assertThat(fleet.loadBalancerPid()).isNotIn(0L, before);
      assertThat(stream.body()).hasSize(30).allMatch(line -> line.startsWith("v1 "));
    }
  }

  private static SSLContext trusting(X509Bundle own) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("own", own.getCertificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
