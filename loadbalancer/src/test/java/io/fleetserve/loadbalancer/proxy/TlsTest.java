package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.api.spec.ClientAuth;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.TlsRule;
import io.fleetserve.api.wire.TlsRule.Certificate;
import io.fleetserve.testing.replica.FakeReplica;
import io.netty.handler.ssl.OpenSsl;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// TLS towards clients, with certificates of an authority that only this test knows.
final class TlsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: svc\r\n\r\n";

  private final Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(30)));
  private final X509Bundle authority;

  @TempDir private Path folder;

  TlsTest() throws Exception {
    authority =
        new CertificateBuilder()
            .subject("CN=test authority")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
  }

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private X509Bundle issue(String name) throws Exception {
    return issue(name, name);
  }

  private X509Bundle issue(String subject, String name) throws Exception {
    return new CertificateBuilder()
        .subject("CN=" + subject)
        .addSanDnsName(name)
        .buildIssuedBy(authority);
  }

  /// Writes the files of a certificate, in one step each.
  private Certificate files(String base, X509Bundle bundle, String... hosts) throws IOException {
    Path cert = folder.resolve(base + ".pem");
    Path key = folder.resolve(base + ".key");
    replace(key, bundle.getPrivateKeyPEM());
    replace(cert, bundle.getCertificatePathPEM());
    return new Certificate(List.of(hosts), cert.toString(), key.toString());
  }

  private static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static TlsRule rule(Certificate... certificates) {
    return new TlsRule(List.of(certificates), null, ClientAuth.NONE, false);
  }

  private SSLContext context(@Nullable X509Bundle own) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", authority.getCertificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    KeyManager[] keys = null;
    if (own != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "own", own.getKeyPair().getPrivate(), new char[0], own.getCertificatePath());
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, new char[0]);
      keys = factory.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }

  private SSLSocket socket(int port, String name, String version, String... protocols)
      throws Exception {
    return socket(context(null), port, name, version, protocols);
  }

  private static SSLSocket socket(
      SSLContext context, int port, String name, String version, String... protocols)
      throws IOException {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(protocols);
    parameters.setProtocols(new String[] {version});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(15_000);
    socket.startHandshake();
    return socket;
  }

  private static X509Certificate certificateOf(SSLSocket socket) throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  @Test
  void speaksTls13And12WithBothVersionsOfHttp() throws Exception {
    FakeReplica replica = bed.tls(rule(files("svc", issue("svc")))).replicas(1).getFirst();

    for (String version : List.of("TLSv1.3", "TLSv1.2")) {
      SSLSocket first = socket(bed.port, "svc", version, "h2", "http/1.1");
      SSLSocket second = socket(bed.port, "svc", version, "http/1.1");
      SSLSocket third = socket(bed.port, "svc", version);
      try (Http2Peer http2 = Http2Peer.over(first);
          RawClient http1 = RawClient.over(second);
          RawClient plain = RawClient.over(third)) {
        assertThat(first.getApplicationProtocol()).isEqualTo("h2");
        assertThat(http2.get(1, "/").send().answer(1).status).isEqualTo(200);
        assertThat(replica.received().getLast().fields("x-forwarded-proto"))
            .containsExactly("https");
        assertThat(second.getApplicationProtocol()).isEqualTo("http/1.1");
        assertThat(http1.send(GET).answer().status()).isEqualTo(200);
        assertThat(http1.send(GET).answer().status()).isEqualTo(200);
        assertThat(replica.received().getLast().fields("x-forwarded-proto"))
            .containsExactly("https");
        assertThat(plain.send(GET).answer().body()).isEqualTo("r1");
      }
    }
  }

  @Test
  void carriesLargeBodiesBothWays() throws Exception {
    FakeReplica replica = bed.tls(rule(files("svc", issue("svc")))).replicas(1).getFirst();
    replica.script((request, connection) -> connection.answer(200, request.body() + "!"));
    String body = "0123456789".repeat(300_000);

    try (RawClient client = RawClient.over(socket(bed.port, "svc", "TLSv1.3", "http/1.1"))) {
      RawClient.Answer answer =
          client
              .send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 3000000\r\n\r\n" + body)
              .answer();

      assertThat(answer.body()).hasSize(3_000_001);
      assertThat(answer.complete()).isTrue();
    }
  }

  @Test
  void choosesTheCertificateByName() throws Exception {
    bed.tls(
            rule(
                files("first", issue("svc")),
                files("exact", issue("a.example.org"), "a.example.org"),
                files("wild", issue("*.example.org", "b.example.org"), "*.example.org")))
        .replicas(1);

    for (String name : List.of("svc", "a.example.org", "b.example.org")) {
      try (SSLSocket socket = socket(bed.port, name, "TLSv1.3")) {
        String expected = name.equals("b.example.org") ? "CN=*.example.org" : "CN=" + name;
        assertThat(certificateOf(socket).getSubjectX500Principal().getName()).isEqualTo(expected);
      }
    }
  }

  @Test
  void takesANewCertificateWithoutDroppingAConnection() throws Exception {
    X509Bundle old = issue("svc");
    X509Bundle next = issue("svc");
    bed.tls(rule(files("svc", old))).replicas(1);
    SSLSocket kept = socket(bed.port, "svc", "TLSv1.3");
    try (RawClient client = RawClient.over(kept)) {
      assertThat(client.send(GET).answer().status()).isEqualTo(200);

      files("svc", next);
      bed.plane.listeners().reconcile(bed.routing.table());

      try (SSLSocket fresh = socket(bed.port, "svc", "TLSv1.3")) {
        assertThat(certificateOf(fresh)).isEqualTo(next.getCertificate());
      }
      assertThat(client.send(GET).answer().status()).isEqualTo(200);
      assertThat(certificateOf(kept)).isEqualTo(old.getCertificate());
      assertThat(bed.service().listenError()).isNull();
    }
  }

  @Test
  void keepsTheOldCertificateWhenTheNewOneIsBroken() throws Exception {
    X509Bundle old = issue("svc");
    bed.tls(rule(files("svc", old))).replicas(1);

    replace(folder.resolve("svc.pem"), "no certificate");
    bed.plane.listeners().reconcile(bed.routing.table());

    assertThat(bed.service().listenError()).contains("svc.pem cannot be used");
    try (SSLSocket socket = socket(bed.port, "svc", "TLSv1.3")) {
      assertThat(certificateOf(socket)).isEqualTo(old.getCertificate());
    }
    files("svc", old);
    bed.plane.listeners().reconcile(bed.routing.table());
    assertThat(bed.service().listenError()).isNull();
  }

  /// A port never speaks plain HTTP because its certificate is missing.
  @Test
  void opensNoPortWithoutItsCertificate() throws Exception {
    String missing = folder.resolve("missing.pem").toString();
    bed.tls(rule(new Certificate(List.of(), missing, missing))).replicas(1);

    assertThat(bed.service().listenError()).contains("missing.pem cannot be used");
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), bed.port).close())
        .isInstanceOf(IOException.class);

    bed.tls(rule(files("svc", issue("svc")))).replicas(1);
    assertThat(bed.service().listenError()).isNull();
  }

  @Test
  void asksForClientCertificates() throws Exception {
    Path ca = folder.resolve("ca.pem");
    replace(ca, authority.getCertificatePathPEM());
    Certificate own = files("svc", issue("svc"));
    bed.tls(new TlsRule(List.of(own), ca.toString(), ClientAuth.REQUIRE, false)).replicas(1);

    SSLSocket known = socket(context(issue("client")), bed.port, "svc", "TLSv1.3");
    try (RawClient client = RawClient.over(known)) {
      assertThat(client.send(GET).answer().status()).isEqualTo(200);
    }
    assertThatThrownBy(
            () -> {
              try (RawClient client =
                  RawClient.over(socket(context(null), bed.port, "svc", "TLSv1.2"))) {
                client.send(GET).answer();
              }
            })
        .isInstanceOf(IOException.class);
  }

  @Test
  void refusesTls12WhereOnly13IsWanted() throws Exception {
    Certificate own = files("svc", issue("svc"));
    bed.tls(new TlsRule(List.of(own), null, ClientAuth.NONE, true)).replicas(1);

    assertThatThrownBy(() -> socket(bed.port, "svc", "TLSv1.2").close())
        .isInstanceOf(IOException.class);
    socket(bed.port, "svc", "TLSv1.3").close();
  }

  @Test
  void plainHttpOnATlsPortIsClosed() throws Exception {
    bed.tls(rule(files("svc", issue("svc")))).replicas(1);

    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), bed.port)) {
      client.setSoTimeout(20_000);
      client.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));

      assertThat(SocketServer.ends(client)).isTrue();
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void usesTheNativeLibrary() {
    assertThat(OpenSsl.isAvailable()).isTrue();
  }

  /// RFC 9110 section 15.5.20.
  @Test
  void aNameOfAnotherServiceIsMisdirected() throws Exception {
    Certificate own = files("svc", issue("svc"));
    bed.plane.listeners().openShared(0, rule(own));
    bed.replicas(1);
    ServiceRoute route = bed.serviceRoute(List.of());
    bed.publish(List.of(route, Bed.renamed(route, "elsewhere")));
    int port = bed.plane.listeners().sharedPort();

    try (RawClient client = RawClient.over(socket(port, "svc", "TLSv1.3"))) {
      RawClient.Answer answer = client.send("GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n").answer();

      assertThat(answer.status()).isEqualTo(421);
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void passesEveryCaseOfH2Spec() throws Exception {
    bed.tls(rule(files("svc", issue("svc"))))
        .replicas(1)
        .getFirst()
        .script((request, connection) -> connection.answer(200, "an answer of several bytes"));

    assertThat(H2Spec.run(folder, bed.port, true))
        .contains("145 tests, 145 passed, 0 skipped, 0 failed");
  }
}
