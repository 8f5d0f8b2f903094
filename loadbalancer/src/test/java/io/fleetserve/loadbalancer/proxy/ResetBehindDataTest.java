package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.loadbalancer.lane.Transport;
import io.fleetserve.testing.replica.FakeReplica;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// A reset that arrives together with the last data: it must be seen although nothing else follows.
@SuppressWarnings("StringConcatToTextBlock")
final class ResetBehindDataTest {
  private static final String POST = "POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 3\r\n\r\nabc";

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void isSeenOnEveryTransport(TransportKind kind) {
    try (Bed bed = new Bed(Bed.SETTINGS, Transport.of(kind, 2))) {
      FakeReplica replica = bed.replicas(1).getFirst();
      replica.script((request, connection) -> {
        connection.send("HTTP/1.1 200 OK\r\nContent-Le");
        connection.reset();
      });
      for (int i = 0; i < 100; i++) {
        assertThat(bed.send(POST).status()).isEqualTo(502);
      }
    }
  }
}
