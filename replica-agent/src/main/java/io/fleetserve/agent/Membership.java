package io.fleetserve.agent;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.CertificateRequest;
import io.fleetserve.api.pki.Pem;
import io.fleetserve.api.wire.AgentBoot;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// The agent's certificate: asked for with the one-time token before the first call, renewed when
/// it is due. The key is made here, is never written down, and never leaves the process.
/// Thread-safe.
///
/// The controller is known by its name in the certificate, not by its address: it may be reached
/// through a forwarded port.
final class Membership {
  private static final char[] NO_PASSWORD = new char[0];

  /// Type of key stores that are never written. PKCS #12 would derive keys from the password that
  /// is none, for a twentieth of a second at each start of an agent.
  private static final String IN_MEMORY = "JKS";

  /// Longest pause after a renewal that failed.
  private static final long LONGEST_PAUSE_NANOS = 60_000_000_000L;

  /// Attempts that at least fit in what is left of a certificate's life, half of it.
  private static final int RENEWALS = 10;

  /// Sends a request for a certificate.
  interface Requests {
    /// The controller's answer to a request.
    ///
    /// @param request PKCS #10
    /// @param context to connect with
    /// @param joining there is no certificate yet: the token speaks
    Answer ask(byte[] request, SSLContext context, boolean joining) throws IOException;
  }

  /// A certificate.
  ///
  /// @param certificate PEM
  /// @param renewAfterMillis counted from now
  record Answer(String certificate, long renewAfterMillis) {}

  private record Current(SSLContext context, long renewAtNanos, long pauseNanos) {
    Current later() {
      return new Current(context, System.nanoTime() + pauseNanos, pauseNanos);
    }
  }

  private final String installationId;
  private final List<X509Certificate> authority;
  private final KeyPair firstKey = CertificateRequest.newKey();
  private @Nullable Current current;

  /// @throws IllegalArgumentException when the authority's certificate cannot be read
  Membership(AgentBoot boot, String authorityPem) {
    this.installationId = boot.installationId();
    this.authority = Pem.certificates(authorityPem);
  }

  /// What connections to the controller are made with; joins or renews first when that is due.
  ///
  /// @throws IOException when the controller is away or has refused
  synchronized SSLContext context(Requests requests) throws IOException {
    Current known = current;
    if (known == null) {
      // Always the same key: the controller answers it again when an answer was lost.
      Answer answer = requests.ask(CertificateRequest.of(firstKey), trusting(null), true);
      known = adopt(firstKey, answer);
    } else if (System.nanoTime() - known.renewAtNanos() >= 0) {
      known = renewed(known, requests);
    }
    current = known;
    return known.context();
  }

  private Current renewed(Current old, Requests requests) {
    KeyPair key = CertificateRequest.newKey();
    try {
      return adopt(key, requests.ask(CertificateRequest.of(key), old.context(), false));
    } catch (IOException later) {
      return old.later();
    }
  }

  private Current adopt(KeyPair key, Answer answer) throws IOException {
    try {
      X509Certificate own = Pem.certificates(answer.certificate()).getFirst();
      KeyStore store = KeyStore.getInstance(IN_MEMORY);
      store.load(null, null);
      Certificate[] chain = {own, authority.getFirst()};
      store.setKeyEntry("agent", key.getPrivate(), NO_PASSWORD, chain);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, NO_PASSWORD);
      long renewAfterNanos = answer.renewAfterMillis() * 1_000_000;
      return new Current(
          trusting(keys.getKeyManagers()),
          System.nanoTime() + renewAfterNanos,
          pauseNanos(renewAfterNanos));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("the controller's certificate for this agent: " + e.getMessage(), e);
    }
  }

  /// Pause after a renewal that failed.
  static long pauseNanos(long renewAfterNanos) {
    return Math.min(LONGEST_PAUSE_NANOS, renewAfterNanos / RENEWALS);
  }

  private SSLContext trusting(KeyManager @Nullable [] own) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(IN_MEMORY);
      store.load(null, null);
      store.setCertificateEntry("authority", authority.getFirst());
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      TrustManager[] managers = trust.getTrustManagers();
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(own, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be used here: " + e.getMessage(), e);
    }
  }

  /// Encrypts a connection, and makes sure that the controller is at its other end. It is asked for
  /// by its name, so that a load balancer at this address passes the connection on. Its sessions
  /// are kept under that name, too: a session that is resumed asks for whom it was begun with, and
  /// tunnels to the load balancer may have the same address.
  ///
  /// @throws SSLPeerUnverifiedException when somebody else is, or the controller of another
  ///   installation
  Socket secure(SSLContext context, Socket connected, String host, int port) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(connected, CertificateName.CONTROLLER_HOST, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setServerNames(List.of(new SNIHostName(CertificateName.CONTROLLER_HOST)));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    X509Certificate peer = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    CertificateName expected = CertificateName.controller(installationId);
    if (!CertificateName.of(peer).equals(Optional.of(expected))) {
      throw new SSLPeerUnverifiedException(
          host + ":" + port + " is not the controller of installation " + installationId);
    }
    return socket;
  }
}
