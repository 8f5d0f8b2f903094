package io.fleetserve.loadbalancer.tunnel;

import io.fleetserve.api.wire.TunnelRule;
import io.fleetserve.loadbalancer.tls.FileStamp;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/// TLS of the tunnels' port: both sides show certificates of the installation's authority.
/// [#refresh] runs on one thread at a time; [#context] is thread-safe.
///
/// Agents that dial again resume their session (RFC 8446 section 2.2): no signatures, which are
/// what a handshake costs, when all agents come back at once after a restart. So the key of session
/// tickets is the same after it: it is derived (RFC 5869) from the private key, which alone would
/// do to pose as this side, and from the authority, so that a new one of either ends all sessions.
/// A resumed session has the certificate that was checked when it began. Keys of connections are
/// agreed anew each time.
final class TunnelTls {
  private static final byte[] TICKETS =
      "fleetserve tunnel tickets".getBytes(StandardCharsets.US_ASCII);

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
    SslContext built = builder().build();
    if (built instanceof OpenSslServerContext server) {
      server.sessionContext().setTicketKeys(ticketKey());
    }
    return built;
  }

  private OpenSslSessionTicketKey ticketKey() throws IOException {
    try {
      var secret =
          HKDFParameterSpec.ofExtract()
              .addIKM(Files.readAllBytes(Path.of(rule.keyFile())))
              .addSalt(Files.readAllBytes(Path.of(rule.authorityFile())))
              .thenExpand(TICKETS, OpenSslSessionTicketKey.TICKET_KEY_SIZE);
      ByteBuffer key = ByteBuffer.wrap(KDF.getInstance("HKDF-SHA256").deriveData(secret));
      byte[] name = new byte[OpenSslSessionTicketKey.NAME_SIZE];
      byte[] mac = new byte[OpenSslSessionTicketKey.HMAC_KEY_SIZE];
      byte[] cipher = new byte[OpenSslSessionTicketKey.AES_KEY_SIZE];
      key.get(name).get(mac).get(cipher);
      return new OpenSslSessionTicketKey(name, mac, cipher);
    } catch (GeneralSecurityException e) {
      throw new IOException("no key of session tickets: " + e.getMessage(), e);
    }
  }

  private SslContextBuilder builder() {
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
                TunnelRule.PROTOCOL));
  }
}
