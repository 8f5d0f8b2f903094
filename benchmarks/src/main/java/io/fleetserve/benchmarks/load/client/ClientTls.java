package io.fleetserve.benchmarks.load.client;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import javax.net.ssl.SSLException;

/// TLS 1.3 of the load client, which believes any certificate: it measures.
final class ClientTls {
  private ClientTls() {}

  static SslContext context() {
    try {
      return SslContextBuilder.forClient()
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .protocols("TLSv1.3")
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS 1.3 here: " + e.getMessage(), e);
    }
  }
}
