package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Messages of grpc.health.v1 as bytes.
final class GrpcHealthTest {
  @Test
  void requestNamesTheService() {
    assertThat(GrpcHealth.request("")).isEqualTo(bytes("0000000000"));
    assertThat(GrpcHealth.request("ab")).isEqualTo(bytes("00000000040a026162"));
    assertThat(GrpcHealth.request("x".repeat(300)))
        .startsWith(bytes("000000012f0aac02"))
        .hasSize(308);
  }

  @ParameterizedTest(name = "{3}")
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          00000000020801,               0, -,          SERVING
          000000000212 05,              0, -,          answered no gRPC: a message that is cut off
          000000000612026162 0801,      0, -,          SERVING
          00000000020802,               0, -,          NOT_SERVING
          0000000000,                   0, -,          UNKNOWN
          00000000020809,               0, -,          status 9
          '',                           0, -,          answered no gRPC: no message
          01000000020801,               0, -,          answered no gRPC: no message
          00000000020801,               -, -,          answered no gRPC: no grpc-status
          '',                           12, -,         UNIMPLEMENTED
          '',                           5, a%20b+c,    NOT_FOUND: a b+c
          '',                           5, 100%,       NOT_FOUND: 100%
          '',                           99, -,         grpc-status 99
          """)
  void answersAreUnderstood(
      String body, @Nullable String code, @Nullable String message, String line) {
    ProbeResult result = GrpcHealth.result(200, bytes(body.replace(" ", "")), code, message);

    assertThat(result.line()).isEqualTo(line);
    assertThat(result.ready()).isEqualTo(line.equals("SERVING"));
  }

  @Test
  void otherHttpStatusIsNotReady() {
    assertThat(GrpcHealth.result(503, bytes("00000000020801"), "0", null))
        .isEqualTo(
            new ProbeResult(ProbeResult.Kind.NOT_READY, "answered no gRPC: HTTP status 503"));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
