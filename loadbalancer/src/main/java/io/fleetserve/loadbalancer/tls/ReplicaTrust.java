package io.fleetserve.loadbalancer.tls;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.spec.ReplicaTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// TLS towards the replicas of one rule. [#refresh] runs on one thread at a time; the rest is
/// thread-safe.
public final class ReplicaTrust {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaTrust.class);

  private final ReplicaTls rule;
  private String stamp = "";
  private @Nullable String error;
  private volatile @Nullable Contexts contexts;

  private record Contexts(SslContext http1, SslContext http2) {}

  /// Reads the authorities, so that the first connection can be made.
  public ReplicaTrust(ReplicaTls rule) {
    this.rule = rule;
    refresh();
  }

  public ReplicaTls rule() {
    return rule;
  }

  /// Reads the authorities if their file changed. What cannot be used leaves the old ones in use.
  public void refresh() {
    String file = rule.caFile();
    try {
      String now = file == null ? "none" : FileStamp.of(List.of(file));
      if (!now.equals(stamp)) {
        contexts =
            new Contexts(
                context(ApplicationProtocolNames.HTTP_1_1),
                context(ApplicationProtocolNames.HTTP_2));
        stamp = now;
        error = null;
      }
    } catch (IOException | RuntimeException e) {
      String reason = "authorities of replicas cannot be used: " + file + ": " + e.getMessage();
      if (!reason.equals(error)) {
        LOG.atWarn().addKeyValue(LogKeys.REASON, reason).log("Certificate cannot be used");
      }
      error = reason;
    }
  }

  private SslContext context(String protocol) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    protocol));
    if (!rule.verify()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
      builder.endpointIdentificationAlgorithm(null);
    } else if (rule.caFile() != null) {
      builder.trustManager(new File(rule.caFile()));
    }
    return builder.build();
  }

  /// The handler of a new connection; null while the authorities were never readable.
  ///
  /// @param http2 what has to be agreed on; without, HTTP/1.1 is assumed
  public @Nullable SslHandler handler(
      ByteBufAllocator allocator, InetSocketAddress replica, boolean http2) {
    Contexts current = contexts;
    if (current == null) {
      return null;
    }
    String name = rule.serverName() == null ? replica.getHostString() : rule.serverName();
    SslContext context = http2 ? current.http2() : current.http1();
    return context.newHandler(allocator, name, replica.getPort());
  }
}
