package io.fleetserve.loadbalancer.tls;

import io.fleetserve.api.wire.TlsRule;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One certificate that is in use, and the files it came from. [#refresh] runs on one thread at a
/// time; [#context] is thread-safe.
final class CertificateEntry {
  private final TlsRule rule;
  private final TlsRule.Certificate certificate;
  private String stamp = "";
  private volatile @Nullable SslContext context;
  private @Nullable String error;

  CertificateEntry(TlsRule rule, TlsRule.Certificate certificate) {
    this.rule = rule;
    this.certificate = certificate;
  }

  List<String> hosts() {
    return certificate.hosts();
  }

  /// What new handshakes use; null until the files could be read once.
  @Nullable SslContext context() {
    return context;
  }

  /// Reads the files if they changed. What cannot be used leaves the old certificate in use.
  ///
  /// @return why the files cannot be used; null when they can
  @Nullable String refresh() {
    try {
      String now = stamp();
      if (now.equals(stamp)) {
        return error;
      }
      stamp = now;
      context = build();
      error = null;
    } catch (Exception e) {
      // Whatever a broken file makes a parser throw: the answer is the same.
      Throwable cause = e.getCause() == null ? e : e.getCause();
      error = certificate.certFile() + " cannot be used: " + cause;
    }
    return error;
  }

  private String stamp() throws IOException {
    List<String> files = new ArrayList<>(List.of(certificate.certFile(), certificate.keyFile()));
    if (rule.clientCaFile() != null) {
      files.add(rule.clientCaFile());
    }
    return FileStamp.of(files);
  }

  private SslContext build() throws IOException {
    boolean nativeTls = OpenSsl.isAvailable();
    SslContextBuilder builder =
        SslContextBuilder.forServer(
                new File(certificate.certFile()), new File(certificate.keyFile()))
            .sslProvider(nativeTls ? SslProvider.OPENSSL : SslProvider.JDK)
            .protocols(
                rule.onlyTls13() ? new String[] {"TLSv1.3"} : new String[] {"TLSv1.3", "TLSv1.2"})
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1));
    if (rule.clientCaFile() != null) {
      builder.trustManager(new File(rule.clientCaFile()));
      builder.clientAuth(
          switch (rule.clientAuth()) {
            case NONE -> ClientAuth.NONE;
            case REQUEST -> ClientAuth.OPTIONAL;
            case REQUIRE -> ClientAuth.REQUIRE;
          });
    }
    SslContext built = builder.build();
    if (built instanceof OpenSslServerContext server) {
      // Known to this process only, and new with each certificate.
      byte[] key = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
      new SecureRandom().nextBytes(key);
      server
          .sessionContext()
          .setTicketKeys(new OpenSslSessionTicketKey(part(key, 0), part(key, 16), part(key, 32)));
    }
    return built;
  }

  private static byte[] part(byte[] key, int from) {
    return java.util.Arrays.copyOfRange(key, from, from + 16);
  }
}
