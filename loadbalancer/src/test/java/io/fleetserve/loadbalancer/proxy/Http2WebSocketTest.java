package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// WebSockets of HTTP/2 clients, by extended CONNECT.
@SuppressWarnings("StringConcatToTextBlock")
final class Http2WebSocketTest {
  private final Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(30)));
  private final FakeReplica replica = bed.replicas(1).getFirst();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private ReceivedRequest last() {
    return replica.received().getLast();
  }

  /// RFC 8441: the bytes of both directions, and the end of each.
  @Test
  void carriesAWebSocketByExtendedConnect() {
    replica.script((request, connection) -> {
      connection.send(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: chat\r\n\r\n");
      for (int b = connection.read(); b >= 0; b = connection.read()) {
        connection.send(Character.toString(b));
      }
      connection.close();
    });
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client
          .headers(
              1,
              false,
              ":method",
              "CONNECT",
              ":protocol",
              "websocket",
              ":scheme",
              "http",
              ":path",
              "/ws",
              ":authority",
              "svc",
              "sec-websocket-version",
              "13")
          .data(1, "ahead ", false)
          .send();
      client.await(Http2Peer.HEADERS);
      client.data(1, "and behind", false).data(1, "", true).send();

      Http2Peer.Stream answer = client.answer(1);
      assertThat(answer.status).isEqualTo(200);
      assertThat(answer.field("sec-websocket-protocol")).isEqualTo("chat");
      assertThat(answer.fields.contains("sec-websocket-accept")).isFalse();
      assertThat(answer.body).hasToString("ahead and behind");
    }
    assertThat(last().requestLine()).isEqualTo("GET /ws HTTP/1.1");
    assertThat(last().fields("upgrade")).containsExactly("websocket");
    assertThat(last().field("sec-websocket-key").orElseThrow()).hasSize(24);
  }

  @Test
  void otherProtocolsThanWebSocketAreRefused() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client
          .headers(
              1,
              false,
              ":method",
              "CONNECT",
              ":protocol",
              "connect-udp",
              ":scheme",
              "http",
              ":path",
              "/",
              ":authority",
              "svc")
          .send();

      assertThat(client.answer(1).status).isEqualTo(501);
    }
    assertThat(replica.received()).isEmpty();
  }
}
