package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fleetserve.api.spec.ClientAuth;
import io.fleetserve.api.wire.TlsRule;
import io.fleetserve.api.wire.TlsRule.Certificate;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who comes to a port of TLS and has no business there is cut off, although it keeps its own end
/// open: a socket that nobody knows of any more would be kept until it leaves.
final class StrangersTest {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final String HTTP = "GET / HTTP/1.1\r\nHost: svc\r\n\r\n";

  /// A record of a handshake (RFC 8446 section 5.1) in which there is no handshake.
  private static final String NONSENSE = "\u0016\u0003\u0001\u0000\u0008garbage!";

  private final Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(30)));

  @TempDir private Path folder;

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  /// The port of a service that asks clients for a certificate of its authority.
  private int servicePort() throws IOException {
    X509Bundle authority = bed.agents.authority;
    X509Bundle own = TunnelAgents.issued("CN=svc", null, authority);
    Certificate certificate =
        new Certificate(
            List.of("svc"),
            write("own.pem", own.getCertificatePathPEM()),
            write("own.key", own.getPrivateKeyPEM()));
    String authorityFile = write("ca.pem", authority.getCertificatePEM());
    bed.tls(new TlsRule(List.of(certificate), authorityFile, ClientAuth.REQUIRE, false))
        .replicas(1);
    return bed.port;
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void areCutOffAtAServicesPort() throws Exception {
    areCutOff(servicePort());
  }

  @Test
  void areCutOffAtThePortOfTunnels() throws Exception {
    areCutOff(bed.agents.port());
  }

  private void areCutOff(int port) throws Exception {
    cutOff(port, HTTP);
    cutOff(port, NONSENSE);
    X509Bundle other = TunnelAgents.issued("CN=authority", null, null);
    X509Bundle stranger = TunnelAgents.issued("CN=stranger", null, other);
    cutOff(port, bed.agents.context(stranger), "TLSv1.3");
    cutOff(port, bed.agents.context(stranger), "TLSv1.2");
  }

  private static void cutOff(int port, String words) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(words.getBytes(StandardCharsets.ISO_8859_1));

      awaitEnd(socket);
    }
  }

  private static void cutOff(int port, SSLContext context, String version) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      SSLSocket tls =
          (SSLSocket) context.getSocketFactory().createSocket(socket, "svc", port, false);
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setProtocols(new String[] {version});
      tls.setSSLParameters(parameters);

      assertThatCode(
              () -> {
                tls.startHandshake();
                assertThat(tls.getInputStream().read()).isNegative();
              })
          .isInstanceOf(IOException.class);
      awaitEnd(socket);
    }
  }

  /// Fails when the time is over.
  private static void awaitEnd(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
    } catch (SocketException reset) {
      // Cut off without a word.
    }
  }
}
