package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.spec.ReplicaTls;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TLS towards replicas, with certificates of an authority that only this test knows.
final class ReplicaTlsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: svc\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final Bed bed = new Bed(Bed.unhurried()).rule(rule -> rule.hold(300, 100));
  private final X509Bundle authority = authority();

  @TempDir Path folder;

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private static X509Bundle authority() {
    try {
      return new CertificateBuilder()
          .subject("CN=test authority")
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private String caFile(X509Bundle of) throws IOException {
    return Files.writeString(folder.resolve("ca.pem"), of.getCertificatePEM()).toString();
  }

  /// What a server does with one connection.
  @FunctionalInterface
  private interface Script {
    void serve(SSLSocket tls, Socket plain) throws IOException;
  }

  /// A server with a certificate for `model.internal`, a virtual thread a connection.
  private static final class Server implements AutoCloseable {
    private final SocketServer server;
    private final SSLContext context = SSLContext.getInstance("TLS");
    private final AtomicInteger handshakes = new AtomicInteger();

    Server(X509Bundle authority, String protocol, Script script) throws Exception {
      X509Bundle own =
          new CertificateBuilder()
              .subject("CN=model.internal")
              .addSanDnsName("model.internal")
              .buildIssuedBy(authority);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "own", own.getKeyPair().getPrivate(), new char[0], own.getCertificatePath());
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, new char[0]);
      context.init(keys.getKeyManagers(), null, null);
      server = new SocketServer(plain -> serve(plain, protocol, script)).start();
    }

    private void serve(Socket plain, String protocol, Script script) throws IOException {
      SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, null, false);
      tls.setUseClientMode(false);
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {protocol});
      tls.setSSLParameters(parameters);
      tls.startHandshake();
      handshakes.incrementAndGet();
      script.serve(tls, plain);
    }

    ReplicaEndpoint endpoint(ReplicaProtocol protocol, ReplicaTls tls) {
      return new ReplicaEndpoint(
          1,
          1,
          1,
          "127.0.0.1",
          server.port(),
          null,
          false,
          protocol,
          tls,
          NetworkMode.DIRECT,
          null);
    }

    @Override
    public void close() {
      server.close();
    }
  }

  private static void answer(SSLSocket tls, String text) throws IOException {
    tls.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static boolean readsHead(SSLSocket tls) throws IOException {
    int matched = 0;
    for (int b = tls.getInputStream().read(); b >= 0; b = tls.getInputStream().read()) {
      matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
      if (matched == 4) {
        return true;
      }
    }
    return false;
  }

  private Server http1(AtomicInteger requests) throws Exception {
    return new Server(
        authority,
        "http/1.1",
        (tls, _) -> {
          while (readsHead(tls)) {
            requests.incrementAndGet();
            answer(tls, OK);
          }
        });
  }

  @Test
  void requestsShareAConnectionToAReplicaThatIsTheOneItSays() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (Server server = http1(requests)) {
      bed.routeTo(
          List.of(
              server.endpoint(
                  ReplicaProtocol.HTTP1,
                  new ReplicaTls(true, caFile(authority), "model.internal"))));

      for (int i = 0; i < 3; i++) {
        assertThat(bed.send(GET).body()).isEqualTo("ok");
      }
      assertThat(requests).hasValue(3);
      assertThat(server.handshakes.get()).isLessThan(3);
    }
  }

  @Test
  void replicaThatCannotProveItselfGetsNoRequest() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (Server server = http1(requests)) {
      ReplicaTls wrongName = new ReplicaTls(true, caFile(authority), "other.internal");
      ReplicaTls addressInstead = new ReplicaTls(true, caFile(authority), null);
      ReplicaTls publicAuthorities = new ReplicaTls(true, null, "model.internal");
      for (ReplicaTls rule : List.of(wrongName, addressInstead, publicAuthorities)) {
        bed.routeTo(List.of(server.endpoint(ReplicaProtocol.HTTP1, rule)));

        assertThat(bed.send(GET).status()).as(rule.toString()).isIn(502, 503);
      }
      assertThat(requests).hasValue(0);

      bed.routeTo(
          List.of(server.endpoint(ReplicaProtocol.HTTP1, new ReplicaTls(false, null, null))));
      assertThat(bed.send(GET).status()).isEqualTo(200);
    }
  }

  @Test
  void authoritiesAreReadAgainWhenTheirFileChanges() throws Exception {
    try (Server server = http1(new AtomicInteger())) {
      ReplicaTls rule = new ReplicaTls(true, caFile(authority()), "model.internal");
      bed.routeTo(List.of(server.endpoint(ReplicaProtocol.HTTP1, rule)));
      assertThat(bed.send(GET).status()).isIn(502, 503);

      caFile(authority);
      bed.plane.listeners().reconcile(bed.routing.table());

      assertThat(bed.send(GET).status()).isEqualTo(200);
    }
  }

  @Test
  void http2IsAgreedByAlpn() throws Exception {
    Script script =
        (tls, _) -> {
          Http2Peer peer = Http2Peer.accept(tls);
          while (true) {
            int stream = peer.request();
            String scheme = peer.stream(stream).field(":scheme");
            peer.headers(stream, false, ":status", "200").data(stream, scheme, true).send();
          }
        };
    ReplicaTls rule = new ReplicaTls(true, caFile(authority), "model.internal");
    try (Server server = new Server(authority, "h2", script)) {
      bed.routeTo(List.of(server.endpoint(ReplicaProtocol.H2, rule)));

      assertThat(bed.send(GET).status()).isEqualTo(200);
    }
    try (Server server = new Server(authority, "http/1.1", script)) {
      bed.routeTo(List.of(server.endpoint(ReplicaProtocol.H2, rule)));

      assertThat(bed.send(GET).status()).isIn(502, 503);
    }
  }

  /// RFC 8446 section 6.1: without close_notify the end may be somebody else's.
  @Test
  void answerThatIsCutIsNotTakenForAWholeOne() throws Exception {
    ReplicaTls rule = new ReplicaTls(true, caFile(authority), "model.internal");
    Script cut =
        (tls, plain) -> {
          readsHead(tls);
          answer(tls, "HTTP/1.1 200 OK\r\n\r\npart");
          plain.shutdownOutput();
          plain.getInputStream().read();
        };
    Script whole =
        (tls, plain) -> {
          readsHead(tls);
          OutputStream out = tls.getOutputStream();
          out.write("HTTP/1.1 200 OK\r\n\r\nwhole".getBytes(StandardCharsets.US_ASCII));
          tls.close();
          plain.shutdownOutput();
        };
    try (Server server = new Server(authority, "http/1.1", cut)) {
      bed.routeTo(List.of(server.endpoint(ReplicaProtocol.HTTP1, rule)));

      assertThat(bed.send(GET).complete()).isFalse();
    }
    try (Server server = new Server(authority, "http/1.1", whole)) {
      bed.routeTo(List.of(server.endpoint(ReplicaProtocol.HTTP1, rule)));

      RawClient.Answer answer = bed.send(GET);
      assertThat(answer.complete()).isTrue();
      assertThat(answer.body()).isEqualTo("whole");
    }
  }
}
