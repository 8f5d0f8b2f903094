package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.TunnelRule;
import io.fleetserve.testing.replica.FakeReplica;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who may have a tunnel.
final class TunnelAdmissionTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: svc\r\n\r\n";

  private final Bed bed = new Bed(Bed.unhurried());

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  /// The endpoint of a replica whose agent has its tunnels.
  private ReplicaEndpoint let(FakeReplica replica) {
    ReplicaEndpoint endpoint =
        bed.agents.behind(
            NetworkMode.TUNNEL,
            new ReplicaEndpoint(1, 1, 1, "127.0.0.1", Bed.freePort(), null, false),
            replica.port());
    bed.publish(List.of(TunnelAgents.with(bed.serviceRoute(List.of(endpoint)), List.of(endpoint))));
    await().until(() -> bed.agents.tunnels().count() == 2);
    return endpoint;
  }

  @Test
  void revokedAgentIsCutOffAndLetInNoMore() {
    bed.rule(rule -> rule.hold(300, 10));
    FakeReplica replica = bed.replica("r1");
    ReplicaEndpoint endpoint = let(replica);
    SSLContext known = context(TunnelAgents.name(endpoint), bed.agents.authority);
    assertThat(isLetIn(known)).isTrue();
    replica.script((request, connection) -> connection.awaitEnd(10_000));
    try (RawClient client = bed.client().send(GET)) {
      await().until(() -> replica.received().size() == 1);

      bed.publish(List.of(TunnelAgents.with(bed.serviceRoute(List.of()), List.of())));
      bed.agents.tunnels().look();

      await().until(() -> bed.agents.tunnels().count() == 0);
      assertThat(isLetIn(TunnelAgents.name(endpoint), bed.agents.authority)).isFalse();
      assertThat(isLetIn(known)).as("by its old session").isFalse();
      assertThat(client.answer().status()).isGreaterThanOrEqualTo(500);
    }
  }

  @Test
  void strangersAreNotLetIn() {
    ReplicaEndpoint endpoint = let(bed.replica("r1"));
    CertificateName good = TunnelAgents.name(endpoint);
    X509Bundle other = TunnelAgents.issued("CN=authority", null, null);
    String attempt = TunnelAgents.attempt(endpoint);

    assertThat(isLetIn(good, bed.agents.authority)).isTrue();
    assertThat(isLetIn(good, other)).as("of another authority").isFalse();
    assertThat(isLetIn(CertificateName.agent("j", "svc", 1, 1, attempt), bed.agents.authority))
        .as("of another installation")
        .isFalse();
    assertThat(isLetIn(CertificateName.agent("i", "svc", 1, 1, "a9"), bed.agents.authority))
        .as("an attempt that is over")
        .isFalse();
    assertThat(isLetIn(CertificateName.loadBalancer("i"), bed.agents.authority))
        .as("a load balancer")
        .isFalse();
  }

  /// Whether the load balancer begins to speak HTTP/2 with who comes with this certificate.
  private boolean isLetIn(CertificateName name, X509Bundle authority) {
    return isLetIn(context(name, authority));
  }

  private SSLContext context(CertificateName name, X509Bundle authority) {
    return bed.agents.context(TunnelAgents.issued("CN=agent", name, authority));
  }

  private boolean isLetIn(SSLContext context) {
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), bed.agents.port())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {TunnelRule.PROTOCOL});
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(10_000);
      return socket.getInputStream().read() == 'P';
    } catch (IOException refused) {
      return false;
    }
  }
}
