package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.loadbalancer.tunnel.ControllerPassage;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Connections for the controller that come in at the port for tunnels.
final class ControllerPassageTest {
  private static final int MIB = 1 << 20;

  private final Bed bed = new Bed(Bed.unhurried());
  private final ControllerPassage passage = bed.agents.passage;

  @AfterEach
  void everyConnectionHasEnded() {
    await().until(() -> passage.count() == 0);
    bed.close();
  }

  /// What is served as the controller's port, by TLS with certificates on both sides.
  private SocketServer controller(SocketServer.Service service) {
    SSLContext context =
        bed.agents.context(
            TunnelAgents.issued(
                "CN=controller",
                CertificateName.controller(TunnelAgents.INSTALLATION),
                bed.agents.authority));
    SocketServer server =
        new SocketServer(
                plain -> {
                  SSLSocket socket =
                      (SSLSocket) context.getSocketFactory().createSocket(plain, null, true);
                  socket.setUseClientMode(false);
                  socket.setNeedClientAuth(true);
                  service.serve(socket);
                  socket.close();
                })
            .start();
    passage.leadTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    return server;
  }

  private static CertificateName nameOf(SSLSocket socket) throws IOException {
    return CertificateName.of((X509Certificate) socket.getSession().getPeerCertificates()[0])
        .orElseThrow();
  }

  private Socket plain() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), bed.agents.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /// An agent's connection that asks for a host.
  private SSLSocket asking(String host, Socket plain) throws IOException {
    X509Bundle own =
        TunnelAgents.issued(
            "CN=agent",
            CertificateName.agent(TunnelAgents.INSTALLATION, "svc", 1, 1, "a1"),
            bed.agents.authority);
    SSLSocket socket =
        (SSLSocket) bed.agents.context(own).getSocketFactory().createSocket(plain, null, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(host)));
    socket.setSSLParameters(parameters);
    socket.setUseClientMode(true);
    return socket;
  }

  private SSLSocket agent() throws IOException {
    return asking(CertificateName.CONTROLLER_HOST, plain());
  }

  private static void echo(Socket socket) throws IOException {
    socket.getInputStream().transferTo(socket.getOutputStream());
  }

  @Test
  void controllerAndAgentSeeEachOthersCertificates() throws Exception {
    CompletableFuture<CertificateName> seen = new CompletableFuture<>();
    try (SocketServer _ =
            controller(socket -> {
              seen.complete(nameOf((SSLSocket) socket));
              echo(socket);
            });
        SSLSocket agent = agent()) {
      agent.getOutputStream().write('x');

      assertThat(agent.getInputStream().read()).isEqualTo('x');
      assertThat(nameOf(agent)).isEqualTo(CertificateName.controller(TunnelAgents.INSTALLATION));
      assertThat(seen.get()).isEqualTo(CertificateName.agent("i", "svc", 1, 1, "a1"));
      assertThat(passage.count()).isEqualTo(1);
    }
  }

  @Test
  void manyBytesPassWholeInBothDirections() throws Exception {
    byte[] sent = new byte[8 * MIB];
    new Random(7).nextBytes(sent);
    try (SocketServer _ = controller(ControllerPassageTest::echo);
        SSLSocket agent = agent()) {
      agent.startHandshake();
      Thread.ofVirtual()
          .start(() -> {
            try (InputStream all = new ByteArrayInputStream(sent)) {
              all.transferTo(agent.getOutputStream());
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });

      assertThat(agent.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
    }
  }

  /// However much the controller wants to tell, what is kept for an agent that does not read is
  /// bounded, and whole in the end.
  @Test
  void agentThatReadsNothingHoldsTheControllerUp() throws Exception {
    int total = 64 * MIB;
    AtomicLong written = new AtomicLong();
    try (SocketServer _ =
            controller(socket -> {
              byte[] part = new byte[MIB / 4];
              OutputStream out = socket.getOutputStream();
              for (int i = 0; i < total; i += part.length) {
                out.write(part);
                written.addAndGet(part.length);
              }
            });
        SSLSocket agent = agent()) {
      agent.startHandshake();
      await()
          .during(Duration.ofMillis(300))
          .until(written::get, before -> before > 0 && before == written.get());

      assertThat(written.get()).isLessThan(total);
      assertThat(agent.getInputStream().readNBytes(total)).hasSize(total);
    }
  }

  @Test
  void endOfEitherSideEndsTheOther() throws Exception {
    try (SocketServer server = controller(socket -> socket.getOutputStream().write('x'))) {
      try (SSLSocket agent = agent()) {
        assertThat(agent.getInputStream().readAllBytes()).isEqualTo(new byte[] {'x'});
      }
      CompletableFuture<Integer> end = new CompletableFuture<>();
      try (SocketServer _ =
          controller(socket -> {
            socket.getOutputStream().write('x');
            end.complete(socket.getInputStream().read());
          })) {
        Socket plain = plain();
        SSLSocket agent = asking(CertificateName.CONTROLLER_HOST, plain);
        assertThat(agent.getInputStream().read()).isEqualTo('x');

        agent.close();

        assertThat(end.get()).isEqualTo(-1);
      }
      await().until(() -> server.open() == 0);
    }
  }

  /// Nothing is lost of a first message that comes byte by byte.
  @Test
  void firstMessageMayComeInPieces() throws Exception {
    try (SocketServer _ = controller(ControllerPassageTest::echo);
        Socket plain = plain();
        SocketServer slow = new SocketServer(near -> dribble(near, plain)).start();
        SSLSocket agent =
            asking(
                CertificateName.CONTROLLER_HOST,
                new Socket(InetAddress.getLoopbackAddress(), slow.port()))) {
      agent.getOutputStream().write('x');

      assertThat(agent.getInputStream().read()).isEqualTo('x');
    }
  }

  private static void dribble(Socket near, Socket far) throws IOException {
    far.setTcpNoDelay(true);
    Thread.ofVirtual()
        .start(() -> {
          try {
            far.getInputStream().transferTo(near.getOutputStream());
          } catch (IOException ignored) {
            // The test is over.
          }
        });
    InputStream in = near.getInputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      far.getOutputStream().write(next);
    }
  }

  @Test
  void controllerThatIsAwayIsAConnectionThatEnds() throws Exception {
    try (SSLSocket agent = agent()) {
      assertThat(isServed(agent)).as("address not known").isFalse();
    }
    passage.leadTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), Bed.freePort()));
    try (SSLSocket agent = agent()) {
      assertThat(isServed(agent)).as("nothing listens").isFalse();
    }
    assertThat(passage.refused()).isEqualTo(2);

    try (SocketServer _ = controller(ControllerPassageTest::echo);
        SSLSocket agent = agent()) {
      assertThat(isServed(agent)).as("it is back").isTrue();
    }
  }

  @Test
  void moreConnectionsThanMayBeAreRefused() throws Exception {
    try (SocketServer server = controller(ControllerPassageTest::echo);
        SSLSocket first = agent();
        SSLSocket second = agent()) {
      try (SSLSocket third = agent();
          SSLSocket fourth = agent()) {
        assertThat(List.of(first, second, third)).allMatch(ControllerPassageTest::isServed);

        assertThat(isServed(fourth)).isFalse();

        assertThat(passage.refused()).isEqualTo(1);
      }
      await().until(() -> passage.count() == TunnelAgents.PASSAGES - 1);
      try (SSLSocket next = agent()) {
        assertThat(isServed(next)).isTrue();
      }
      assertThat(server.accepted()).isEqualTo(4);
    }
  }

  /// Any other name, as an agent knows a load balancer by, is for a tunnel.
  @Test
  void otherNamesAreServedHere() throws Exception {
    try (SocketServer server = controller(ControllerPassageTest::echo);
        SSLSocket agent = asking("balancer.example", plain())) {
      agent.startHandshake();

      assertThat(nameOf(agent)).isEqualTo(CertificateName.loadBalancer(TunnelAgents.INSTALLATION));
      assertThat(server.accepted()).isZero();
    }
  }

  @Test
  void whatIsNoTlsEndsAtOnce() throws Exception {
    try (SocketServer server = controller(ControllerPassageTest::echo);
        Socket plain = plain()) {
      plain
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(SocketServer.ends(plain)).isTrue();
      assertThat(server.accepted()).isZero();
    }
  }

  private static boolean isServed(SSLSocket agent) {
    try {
      agent.getOutputStream().write('x');
      return agent.getInputStream().read() == 'x';
    } catch (IOException ended) {
      return false;
    }
  }
}
