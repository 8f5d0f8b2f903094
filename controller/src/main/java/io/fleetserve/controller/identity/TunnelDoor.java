package io.fleetserve.controller.identity;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.CertificateRequest;
import io.fleetserve.api.pki.Pem;
import io.fleetserve.api.wire.TunnelRule;
import io.fleetserve.controller.home.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Where agents dial load balancers, and the certificate that load balancers show there. It lives
/// long, as they have to go on without a controller, and is made anew after two thirds of its life.
/// Thread-safe.
public final class TunnelDoor {
  private static final Duration LIFE = Duration.ofDays(90);

  private final TunnelRule rule;
  private final String address;
  private final Authority authority;
  private @Nullable Instant renewAt;

  /// @param folder of the load balancer, where it reads its certificate
  /// @param address `host:port` as agents are told
  public TunnelDoor(String bindHost, int port, String address, Path folder, Authority authority) {
    this.rule =
        new TunnelRule(
            bindHost,
            port,
            folder.resolve("tunnel.pem").toString(),
            folder.resolve("tunnel.key").toString(),
            folder.resolve("tunnel-ca.pem").toString());
    this.address = address;
    this.authority = authority;
  }

  public TunnelRule rule() {
    return rule;
  }

  public String address() {
    return address;
  }

  /// Writes the load balancer's certificate if there is none, or it is due.
  ///
  /// @throws IOException when a file cannot be written
  public synchronized void renew() throws IOException {
    Instant now = authority.clock().instant();
    Instant due = renewAt;
    if (due != null && now.isBefore(due)) {
      return;
    }
    Path file = Path.of(rule.certFile());
    Instant kept = Files.exists(file) ? renewAt(file) : Instant.EPOCH;
    if (now.isBefore(kept)) {
      renewAt = kept;
      return;
    }
    KeyPair pair = CertificateRequest.newKey();
    X509Certificate own =
        authority.issue(
            pair.getPublic(), CertificateName.loadBalancer(authority.installationId()), LIFE);
    OwnerOnlyFiles.replace(
        Path.of(rule.keyFile()), Pem.of("PRIVATE KEY", pair.getPrivate().getEncoded()));
    OwnerOnlyFiles.replace(Path.of(rule.authorityFile()), Pem.of(authority.certificate()));
    OwnerOnlyFiles.replace(file, Pem.of(own) + Pem.of(authority.certificate()));
    renewAt = renewAt(own);
  }

  /// The epoch when the file cannot be used, or another authority has signed it.
  private Instant renewAt(Path file) {
    try {
      X509Certificate found = Pem.certificates(Files.readString(file)).getFirst();
      found.verify(authority.certificate().getPublicKey());
      return renewAt(found);
    } catch (IOException | IllegalArgumentException | java.security.GeneralSecurityException e) {
      return Instant.EPOCH;
    }
  }

  private static Instant renewAt(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant().minus(LIFE.dividedBy(3));
  }
}
