package io.fleetserve.api.wire;

import io.fleetserve.api.spec.ClientAuth;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// TLS of one port of a load balancer. Files are PEM, read by the load balancer, and read again
/// when they change.
///
/// @param certificates the first is the one for names that no other is for; not empty
/// @param clientCaFile authorities of client certificates; null means that none is asked for
/// @param clientAuth whether a client has to show one
/// @param onlyTls13 refuse TLS 1.2
public record TlsRule(
    List<Certificate> certificates,
    @Nullable String clientCaFile,
    ClientAuth clientAuth,
    boolean onlyTls13) {
  public TlsRule {
    certificates = List.copyOf(certificates);
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("certificates: none (expected: at least one)");
    }
  }

  /// One certificate for all names.
  public static TlsRule of(String certFile, String keyFile) {
    return new TlsRule(
        List.of(new Certificate(List.of(), certFile, keyFile)), null, ClientAuth.NONE, false);
  }

  /// One certificate with its chain, and its key.
  ///
  /// @param hosts names it is for, lower case; `*.example.org` stands for one label
  /// @param keyFile unencrypted
  public record Certificate(List<String> hosts, String certFile, String keyFile) {
    public Certificate {
      hosts = List.copyOf(hosts);
    }
  }
}
