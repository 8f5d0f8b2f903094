package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.net.Network;
import io.fleetserve.api.wire.TlsRule;
import io.fleetserve.loadbalancer.http.Forwarding;
import io.fleetserve.loadbalancer.http.HeadLimits;
import io.fleetserve.loadbalancer.settings.ClientLimits;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.testing.replica.FakeReplica;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Connections that begin with a header of the PROXY protocol.
final class ProxyProtocolTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: svc\r\n\r\n";
  private static final String LINE = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";
  private static final String OWN = "\r\n\r\n\0\r\nQUIT\n \0\0\0";

  @TempDir Path folder;

  private static Bed bed(ClientLimits limits, String... from) {
    List<Network> networks = java.util.Arrays.stream(from).map(Network::parse).toList();
    return new Bed(Bed.with(limits, HeadLimits.DEFAULT, Forwarding.DEFAULT, networks));
  }

  private static Bed bed() {
    return bed(ClientLimits.DEFAULT, "127.0.0.0/8");
  }

  private static String client(FakeReplica replica) {
    return String.join(",", replica.received().getLast().fields("X-Forwarded-For"));
  }

  @Test
  void clientIsTheOneThatWasAnnounced() {
    try (Bed bed = bed()) {
      FakeReplica replica = bed.replicas(1).getFirst();
      try (RawClient client = bed.client()) {
        client.send(LINE).send("GET / HT");

        assertThat(client.send("TP/1.1\r\nHost: svc\r\n\r\n").answer().status()).isEqualTo(200);
        assertThat(client(replica)).isEqualTo("192.0.2.1");
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
        assertThat(client(replica)).isEqualTo("192.0.2.1");
      }
    }
  }

  @Test
  void proxySpeaksForItselfInItsHealthChecks() {
    try (Bed bed = bed()) {
      FakeReplica replica = bed.replicas(1).getFirst();

      assertThat(bed.send(OWN + GET).status()).isEqualTo(200);
      assertThat(client(replica)).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void http2ComesBehindTheHeaderToo() {
    try (Bed bed = bed()) {
      FakeReplica replica = bed.replicas(1).getFirst();
      try (Http2Peer client = Http2Peer.open(bed.port)) {
        client.text(LINE).text(Http2Peer.PREFACE).settings();

        assertThat(client.get(1, "/").send().answer(1).status).isEqualTo(200);
        assertThat(client(replica)).isEqualTo("192.0.2.1");
      }
    }
  }

  @Test
  void tlsComesBehindTheHeaderToo() throws Exception {
    X509Bundle own =
        new CertificateBuilder()
            .subject("CN=svc")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Path certificate = Files.writeString(folder.resolve("c"), own.getCertificatePathPEM());
    Path key = Files.writeString(folder.resolve("k"), own.getPrivateKeyPEM());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (Bed bed = bed().tls(TlsRule.of(certificate.toString(), key.toString()))) {
      FakeReplica replica = bed.replicas(1).getFirst();
      Socket plain = new Socket(InetAddress.getLoopbackAddress(), bed.port);
      plain.getOutputStream().write(LINE.getBytes(StandardCharsets.US_ASCII));

      Socket tls = context.getSocketFactory().createSocket(plain, "svc", bed.port, true);
      try (RawClient client = RawClient.over(tls)) {
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
        assertThat(client(replica)).isEqualTo("192.0.2.1");
      }
    }
  }

  @Test
  void proxyThatDoesNotAnnounceIsClosedUnanswered() {
    try (Bed bed = bed()) {
      FakeReplica replica = bed.replicas(1).getFirst();
      try (RawClient client = bed.client().trySend(GET)) {
        assertThat(client.awaitEnd()).isTrue();
      }
      assertThat(replica.received()).isEmpty();
      assertThat(bed.plane.listeners().refusals()).isEqualTo(1);
    }
  }

  @Test
  void proxyThatSaysNothingIsClosedWhenAHeadWouldBeTooLate() {
    ProxySettings hurried =
        new ProxySettings(
            Bed.SETTINGS.times(),
            0,
            10,
            ClientLimits.DEFAULT,
            HeadLimits.DEFAULT,
            Forwarding.DEFAULT,
            List.of(Network.parse("127.0.0.0/8")));
    try (Bed bed = new Bed(hurried)) {
      bed.replicas(1);
      try (RawClient client = bed.client()) {
        assertThat(client.awaitEnd()).isTrue();
      }
    }
  }

  @Test
  void strangersCannotAnnounceAnybody() {
    try (Bed bed = bed(ClientLimits.DEFAULT, "10.0.0.0/8")) {
      FakeReplica replica = bed.replicas(1).getFirst();

      assertThat(bed.send(LINE + GET).status()).isEqualTo(400);
      assertThat(replica.received()).isEmpty();
    }
  }

  @Test
  void limitPerClientIsThatOfTheAnnounced() {
    try (Bed bed = bed(new ClientLimits(0, 1, 0), "127.0.0.1")) {
      bed.replicas(1);
      try (RawClient one = bed.client().send(LINE + GET);
          RawClient another = bed.client().send(LINE.replace("192.0.2.1", "192.0.2.2") + GET)) {
        assertThat(one.answer().status()).isEqualTo(200);
        assertThat(another.answer().status()).isEqualTo(200);
        try (RawClient second = bed.client().trySend(LINE + GET)) {
          assertThat(second.awaitEnd()).isTrue();
        }
      }
    }
  }
}
