package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.TlsRule;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A client that comes again resumes its session by a ticket (RFC 8446 section 2.2, RFC 5077):
/// nobody shows or checks a certificate then.
final class TlsResumptionTest {
  @TempDir Path folder;

  /// Takes any certificate, and counts them.
  private static final class Counting implements X509TrustManager {
    private final AtomicInteger checked = new AtomicInteger();

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      checked.incrementAndGet();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private TlsRule certificate(String name) throws Exception {
    X509Bundle own =
        new CertificateBuilder()
            .subject("CN=svc")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Path certificate = Files.writeString(folder.resolve(name), own.getCertificatePathPEM());
    Path key = Files.writeString(folder.resolve(name + ".key"), own.getPrivateKeyPEM());
    return TlsRule.of(certificate.toString(), key.toString());
  }

  private static SSLContext context(Counting trust) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {trust}, null);
    return context;
  }

  private static void visit(SSLContext context, int port, String version, String protocol)
      throws Exception {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "svc", port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {version});
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    if (protocol.equals("h2")) {
      try (Http2Peer client = Http2Peer.over(socket)) {
        assertThat(client.get(1, "/").send().answer(1).status).isEqualTo(200);
      }
    } else {
      try (RawClient client = RawClient.over(socket)) {
        client.send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.3, h2", "TLSv1.3, http/1.1", "TLSv1.2, h2", "TLSv1.2, http/1.1"})
  void clientThatComesAgainResumes(String version, String protocol) throws Exception {
    Counting trust = new Counting();
    try (Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(30))).tls(certificate("a"))) {
      bed.replicas(1);
      SSLContext context = context(trust);

      for (int i = 0; i < 3; i++) {
        visit(context, bed.port, version, protocol);
      }

      assertThat(trust.checked).hasValue(1);
    }
  }

  @Test
  void ticketOfAnOldCertificateIsNotEnough() throws Exception {
    Counting trust = new Counting();
    try (Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(30))).tls(certificate("a"))) {
      var replicas = bed.replicas(1);
      SSLContext context = context(trust);
      visit(context, bed.port, "TLSv1.3", "h2");
      bed.tls(certificate("b")).route(replicas);

      visit(context, bed.port, "TLSv1.3", "h2");

      assertThat(trust.checked).hasValue(2);
    }
  }
}
