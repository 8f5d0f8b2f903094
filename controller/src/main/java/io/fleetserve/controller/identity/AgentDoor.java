package io.fleetserve.controller.identity;

import io.fleetserve.api.pki.Pem;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/// Where agents on other machines reach the controller: by TLS, with certificates on both sides
/// once they have joined. Thread-safe.
///
/// @param bindHost address to listen on
/// @param url as agents are told
public record AgentDoor(
    String bindHost, int port, String url, Authority authority, Joins joins, Refusals refusals) {
  /// Life of the controller's own certificate.
  private static final Duration OWN_LIFE = Duration.ofDays(1);

  /// `host:port` by which this machine's programs reach it.
  public String localAddress() {
    return switch (bindHost) {
      case "0.0.0.0" -> "127.0.0.1:" + port;
      case "::" -> "[::1]:" + port;
      default -> (bindHost.indexOf(':') < 0 ? bindHost : "[" + bindHost + "]") + ":" + port;
    };
  }

  /// PEM of the certificate that agents trust.
  public String authorityPem() {
    return Pem.of(authority.certificate());
  }

  /// For a listener; asks for the client's certificate.
  public SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new ServerKeys(authority, OWN_LIFE)},
          new TrustManager[] {new AgentTrust(authority, refusals::refused)},
          null);
      return context;
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
