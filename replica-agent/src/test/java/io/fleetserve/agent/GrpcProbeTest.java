package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.wire.AgentBoot.ProbeRule;
import io.fleetserve.api.wire.AgentReport.Phase;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Replicas that speak gRPC and nothing else, a real server behind the probe.
final class GrpcProbeTest {
  @TempDir Path folder;

  @Test
  void replicaIsReadyWhileItsHealthIsServing() {
    try (RunningAgent agent = new RunningAgent(boot(rule(ReplicaProtocol.H2C, "known")))) {
      assertThat(agent.await(Phase.READY).lastProbe()).isEqualTo("SERVING");

      agent.write("status", "2");

      assertThat(agent.await(Phase.NOT_READY).reason())
          .isEqualTo("gRPC health check of known: NOT_SERVING");
    }
  }

  @Test
  void serviceThatTheServerDoesNotKnowIsNotReady() {
    try (RunningAgent agent = new RunningAgent(boot(rule(ReplicaProtocol.HTTP1, "other")))) {
      String wanted = "gRPC health check of other: NOT_FOUND: no such service: ü";

      assertThat(agent.await(report -> report.reason().endsWith(wanted)).phase())
          .isEqualTo(Phase.STARTING);
    }
  }

  @Test
  void pathOfAnHttp2ServerIsAskedInHttp2() {
    try (RunningAgent agent = new RunningAgent(boot(rule(ReplicaProtocol.H2C, null)))) {
      // A gRPC server's answer to what is no gRPC.
      assertThat(agent.await(report -> "415".equals(report.lastProbe())).phase())
          .isEqualTo(Phase.STARTING);
    }
  }

  @Test
  void serverThatSpeaksTlsIsAskedOverTlsWhateverItsCertificate() throws Exception {
    X509Bundle own =
        new CertificateBuilder()
            .subject("CN=elsewhere")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Path certificate = Files.writeString(folder.resolve("c.pem"), own.getCertificatePathPEM());
    Path key = Files.writeString(folder.resolve("k.pem"), own.getPrivateKeyPEM());
    TestBoot boot =
        boot(rule(ReplicaProtocol.H2, "known", true))
            .withEnv(Map.of("CERT", certificate.toString(), "KEY", key.toString()));
    try (RunningAgent agent = new RunningAgent(boot)) {
      assertThat(agent.await(Phase.READY).lastProbe()).isEqualTo("SERVING");
    }
  }

  private TestBoot boot(ProbeRule rule) {
    return TestBoot.of(folder, HealthServer.command()).withProbe(rule);
  }

  private static ProbeRule rule(ReplicaProtocol protocol, @Nullable String grpcService) {
    return rule(protocol, grpcService, false);
  }

  private static ProbeRule rule(
      ReplicaProtocol protocol, @Nullable String grpcService, boolean tls) {
    return new ProbeRule(
        "/health", null, Map.of(), 60_000, 5_000, 50, 60_000, protocol, grpcService, tls);
  }
}
