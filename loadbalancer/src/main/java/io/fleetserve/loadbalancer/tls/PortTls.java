package io.fleetserve.loadbalancer.tls;

import io.fleetserve.api.wire.TlsRule;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// TLS of one port: whether it is spoken, and which certificate a name gets. [#update] runs on one
/// thread at a time; [#isOn] and [#of] are thread-safe.
///
/// A connection keeps the certificate of its handshake: a change, or files that cannot be used any
/// more, disturb none.
public final class PortTls {
  private @Nullable TlsRule rule;
  private volatile @Nullable List<CertificateEntry> entries;

  /// Applies a rule, and reads files that changed.
  ///
  /// @param wanted null: plain HTTP
  /// @return what is wrong; null when all is well. Until the first certificate of a rule can be
  ///   used, what was there before stays
  public @Nullable String update(@Nullable TlsRule wanted) {
    if (wanted == null) {
      rule = null;
      entries = null;
      return null;
    }
    List<CertificateEntry> current = entries;
    if (current != null && wanted.equals(rule)) {
      return refresh(current);
    }
    List<CertificateEntry> next =
        wanted.certificates().stream().map(each -> new CertificateEntry(wanted, each)).toList();
    String error = refresh(next);
    if (next.stream().allMatch(each -> each.context() != null)) {
      rule = wanted;
      entries = next;
    }
    return error;
  }

  private static @Nullable String refresh(List<CertificateEntry> all) {
    return all.stream()
        .map(CertificateEntry::refresh)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /// Whether connections begin with a handshake.
  public boolean isOn() {
    return entries != null;
  }

  /// The certificate for a name: its own, that of a wildcard, else the first.
  ///
  /// @param serverName as the client sent it, lower case; null when it sent none
  public SslContext of(@Nullable String serverName) {
    List<CertificateEntry> current = entries;
    if (current == null) {
      throw new IllegalStateException("no TLS here");
    }
    CertificateEntry chosen = current.getFirst();
    if (serverName != null) {
      int dot = serverName.indexOf('.');
      String wildcard = dot < 0 ? "" : "*" + serverName.substring(dot);
      CertificateEntry exact = find(current, serverName);
      CertificateEntry wild = exact == null ? find(current, wildcard) : exact;
      chosen = wild == null ? chosen : wild;
    }
    return Objects.requireNonNull(chosen.context());
  }

  private static @Nullable CertificateEntry find(List<CertificateEntry> all, String host) {
    for (CertificateEntry each : all) {
      if (each.hosts().contains(host)) {
        return each;
      }
    }
    return null;
  }
}
