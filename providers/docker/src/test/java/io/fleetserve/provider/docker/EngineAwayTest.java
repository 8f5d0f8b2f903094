package io.fleetserve.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of engines that cannot be spoken to: words that a real engine does not bring about
/// in [EngineWaysIT].
final class EngineAwayTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TLS: No subject alternative names matching IP address 10.0.0.7 found | a name of the engine's certificate
          TLS: No name matching gpu-box found | a name of the engine's certificate
          TLS: PKIX path validation failed: validity check failed | renew the certificate
          TLS: (certificate_required) Received fatal alert: certificate_required | authority that the engine trusts
          Client sent an HTTP request to an HTTPS server. | providers.docker.tls
          TLS: Unsupported or unrecognized SSL message | no TLS is spoken there
          @ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @ | providers.docker.ssh.known_hosts
          ssh: Could not resolve hostname gpu-box: Name or service not known | check the host
          gpu-box:2376: the name is unknown | check the host
          /run/docker.sock: Permission denied | no rights on the engine's socket
          /run/docker.sock: No such file or directory | start the engine there
          GET /v1.41/info: no answer from docker within 20 s | network and firewall
          connect to host 10.0.0.7 port 22: No route to host | network and firewall
          """)
  void reasonIsToldWithItsFix(String said, String fix) {
    assertThat(EngineAway.explain("tcp://gpu-box:2376", said))
        .startsWith("the engine at tcp://gpu-box:2376 does not answer: " + said + " (")
        .contains(fix);
  }

  @Test
  void unknownReasonIsToldAsItIsOnOneLine() {
    assertThat(EngineAway.explain("unix:///d.sock", "odd\n  thing\n"))
        .isEqualTo("the engine at unix:///d.sock does not answer: odd thing");
  }
}
