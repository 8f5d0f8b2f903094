package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.CertificateRequest;
import io.fleetserve.api.pki.Pem;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MembershipTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String HOST = LOOPBACK.getHostAddress();

  @TempDir Path folder;

  /// A minute between attempts would outlast a short certificate: its agent would be locked out by
  /// one renewal that failed.
  @Test
  void aRenewalThatFailedIsTriedOftenInWhatIsLeftOfACertificate() {
    assertThat(pause(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(1));
    assertThat(pause(Duration.ofHours(12))).isEqualTo(Duration.ofMinutes(1));
  }

  /// A session that was begun with the load balancer would be resumed without a name, and so be the
  /// load balancer's again.
  @Test
  void controllerIsAskedForByItsNameWhereATunnelHasTheSameAddress() throws Exception {
    X509Bundle authority =
        new CertificateBuilder()
            .subject("CN=authority")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Membership membership =
        new Membership(TestBoot.of(folder, "true").to("https://127.0.0.1:1"), pem(authority));
    List<List<SNIServerName>> asked = new CopyOnWriteArrayList<>();
    try (SSLServerSocket server = controller(authority)) {
      int port = server.getLocalPort();
      Thread.ofVirtual().start(() -> serve(server, asked));
      SSLContext context =
          membership.context(
              (request, _, _) -> new Membership.Answer(pem(issued(authority, request)), 60_000));

      try (Socket tunnel = context.getSocketFactory().createSocket(HOST, port)) {
        assertThat(tunnel.getInputStream().read()).isEqualTo(1);
      }
      try (Socket plain = new Socket(LOOPBACK, port);
          Socket secure = membership.secure(context, plain, HOST, port)) {
        assertThat(secure.getInputStream().read()).isEqualTo(1);
      }
    }
    assertThat(asked)
        .containsExactly(List.of(), List.of(new SNIHostName(CertificateName.CONTROLLER_HOST)));
  }

  private static SSLServerSocket controller(X509Bundle authority) throws Exception {
    X509Bundle own =
        new CertificateBuilder()
            .subject("CN=controller")
            .addSanUriName(URI.create(CertificateName.controller("test").uri()))
            .buildIssuedBy(authority);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", own.getKeyPair().getPrivate(), new char[0], own.getCertificatePath());
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), null, null);
    return (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 50, LOOPBACK);
  }

  /// Notes whom clients ask for, and says 1.
  private static void serve(SSLServerSocket server, List<List<SNIServerName>> asked) {
    try {
      while (true) {
        try (SSLSocket client = (SSLSocket) server.accept()) {
          client.startHandshake();
          asked.add(((ExtendedSSLSession) client.getSession()).getRequestedServerNames());
          client.getOutputStream().write(1);
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static X509Bundle issued(X509Bundle authority, byte[] request) {
    try {
      return new CertificateBuilder()
          .subject("CN=agent")
          .publicKey(CertificateRequest.verified(request))
          .buildIssuedBy(authority);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(X509Bundle bundle) {
    return Pem.of(bundle.getCertificate());
  }

  private static Duration pause(Duration renewAfter) {
    return Duration.ofNanos(Membership.pauseNanos(renewAfter.toNanos()));
  }
}
