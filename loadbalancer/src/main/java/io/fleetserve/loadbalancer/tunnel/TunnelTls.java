package io.fleetserve.loadbalancer.tunnel;

import io.fleetserve.api.wire.TunnelRule;
import io.fleetserve.loadbalancer.tls.FileStamp;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// TLS of the tunnels' port: both sides show certificates of the installation's authority.
/// [#refresh] runs on one thread at a time; [#context] is thread-safe.
final class TunnelTls {
  private final TunnelRule rule;
  private String stamp = "";
  private volatile @Nullable SslContext context;

  TunnelTls(TunnelRule rule) {
    this.rule = rule;
  }

  /// For new handshakes; null until the files could be read once.
  @Nullable SslContext context() {
    return context;
  }

  /// Reads the files if they changed. What cannot be used leaves the old ones in use.
  ///
  /// @return why they cannot be used; null when they can
  @Nullable String refresh() {
    try {
      String now = FileStamp.of(List.of(rule.certFile(), rule.keyFile(), rule.authorityFile()));
      if (!now.equals(stamp)) {
        context = build();
        stamp = now;
      }
      return null;
    } catch (IOException | RuntimeException e) {
      return "certificate of the tunnels' port cannot be used: " + e.getMessage();
    }
  }

  private SslContext build() throws IOException {
    return SslContextBuilder.forServer(new File(rule.certFile()), new File(rule.keyFile()))
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .protocols("TLSv1.3")
        .trustManager(new File(rule.authorityFile()))
        .clientAuth(ClientAuth.REQUIRE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                TunnelRule.PROTOCOL))
        .build();
  }
}
