package io.fleetserve.controller.identity;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.CertificateRequest;
import java.net.Socket;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The controller's own key and certificate, made in memory and made anew after two thirds of its
/// life; connections that are open go on with the old one. Thread-safe.
public final class ServerKeys extends X509ExtendedKeyManager {
  private static final String ALIAS = "controller";

  @SuppressWarnings("ArrayRecordComponent") // as the JDK wants it, cloned on its way out
  private record Current(KeyPair pair, X509Certificate[] chain, Instant renewAt) {}

  private final Authority authority;
  private final Duration life;
  private @Nullable Current current;

  /// @param life of a certificate
  public ServerKeys(Authority authority, Duration life) {
    this.authority = authority;
    this.life = life;
  }

  private synchronized Current current() {
    Instant now = authority.clock().instant();
    Current known = current;
    if (known == null || !now.isBefore(known.renewAt())) {
      KeyPair pair = CertificateRequest.newKey();
      X509Certificate own =
          authority.issue(
              pair.getPublic(), CertificateName.controller(authority.installationId()), life);
      known =
          new Current(
              pair,
              new X509Certificate[] {own, authority.certificate()},
              now.plus(life.multipliedBy(2).dividedBy(3)));
      current = known;
    }
    return known;
  }

  @Override
  public String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return ALIAS;
  }

  @Override
  public String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return ALIAS;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return current().chain().clone();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return current().pair().getPrivate();
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
