package io.fleetserve.loadbalancer.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fleetserve.api.wire.TunnelRule;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Handshakes of an agent with the tunnels' port of one process after the other, in memory.
final class TunnelTlsTest {
  private static final int BUFFER = 64 << 10;

  @TempDir Path folder;

  private X509Bundle authority;
  private SSLContext agent;

  @BeforeEach
  void keys() throws Exception {
    assumeTrue(OpenSsl.isAvailable(), "no session tickets: BoringSSL is missing");
    authority = builder("CN=authority").setIsCertificateAuthority(true).buildSelfSigned();
    write("ca.pem", authority.getCertificatePEM());
    renew();
    X509Bundle own = builder("CN=agent").buildIssuedBy(authority);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", own.getKeyPair().getPrivate(), new char[0], own.getCertificatePath());
    store.setCertificateEntry("authority", authority.getCertificate());
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    agent = SSLContext.getInstance("TLSv1.3");
    agent.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
  }

  private static CertificateBuilder builder(String subject) {
    return new CertificateBuilder().subject(subject).algorithm(Algorithm.ecp256);
  }

  private String write(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  /// Gives the load balancer another certificate and key.
  private void renew() throws Exception {
    X509Bundle own = builder("CN=balancer").buildIssuedBy(authority);
    write("own.pem", own.getCertificatePathPEM());
    write("own.key", own.getPrivateKeyPEM());
  }

  private OpenSslServerContext process() {
    String path = folder + "/";
    TunnelTls tls =
        new TunnelTls(
            new TunnelRule("127.0.0.1", 1, path + "own.pem", path + "own.key", path + "ca.pem"));
    assertThat(tls.refresh()).isNull();
    return (OpenSslServerContext) Objects.requireNonNull(tls.context());
  }

  /// RFC 8446 section 2.2.
  @Test
  void agentThatDialsAgainAfterARestartResumesItsSessionAndIsKnown() throws Exception {
    OpenSslServerContext first = process();
    assertThat(handshake(first)).isEqualTo("CN=agent");
    assertThat(first.sessionContext().stats().ticketKeyResume()).isZero();

    OpenSslServerContext second = process();
    assertThat(handshake(second)).isEqualTo("CN=agent");
    assertThat(second.sessionContext().stats().ticketKeyResume()).isEqualTo(1);
  }

  @Test
  void anotherKeyEndsAllSessions() throws Exception {
    handshake(process());
    renew();

    OpenSslServerContext second = process();

    assertThat(handshake(second)).isEqualTo("CN=agent");
    assertThat(second.sessionContext().stats().ticketKeyResume()).isZero();
  }

  /// To its end, tickets included.
  ///
  /// @return who the agent is, as the load balancer sees it
  private String handshake(SslContext context) throws Exception {
    SSLEngine server = context.newEngine(ByteBufAllocator.DEFAULT);
    try {
      SSLEngine client = agent.createSSLEngine("balancer", 1);
      client.setUseClientMode(true);
      SSLParameters parameters = client.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {TunnelRule.PROTOCOL});
      client.setSSLParameters(parameters);
      client.beginHandshake();
      server.beginHandshake();
      ByteBuffer toServer = ByteBuffer.allocate(BUFFER);
      ByteBuffer toClient = ByteBuffer.allocate(BUFFER);
      // Five turns are a whole handshake, both ways, and what follows it.
      for (int turn = 0; turn < 5; turn++) {
        pass(client, toServer, toClient);
        pass(server, toClient, toServer);
      }
      // Tickets go out with the first bytes, as SETTINGS are in a tunnel.
      server.wrap(ByteBuffer.wrap(new byte[1]), toClient);
      pass(client, toServer, toClient);
      assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
      return server.getSession().getPeerPrincipal().getName();
    } finally {
      ReferenceCountUtil.release(server);
    }
  }

  /// Takes all that came, and says what is to be said.
  private static void pass(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
    ByteBuffer text = ByteBuffer.allocate(BUFFER);
    in.flip();
    for (int before = -1; before != in.remaining() && in.hasRemaining(); ) {
      before = in.remaining();
      engine.unwrap(in, text);
      tasks(engine);
    }
    in.compact();
    for (int before = -1; before != out.position(); ) {
      before = out.position();
      engine.wrap(ByteBuffer.allocate(0), out);
      tasks(engine);
    }
  }

  private static void tasks(SSLEngine engine) {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }
}
