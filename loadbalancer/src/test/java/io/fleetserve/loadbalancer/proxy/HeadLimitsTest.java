package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.http.Forwarding;
import io.fleetserve.loadbalancer.http.HeadLimits;
import io.fleetserve.loadbalancer.settings.ClientLimits;
import io.fleetserve.testing.replica.FakeReplica;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Heads of requests up to the limits that an operator chose.
final class HeadLimitsTest {
  private static final int FRAME = 16_384;

  private static Bed bed(int bytes, int fields) {
    return new Bed(
        Bed.with(
            ClientLimits.DEFAULT, new HeadLimits(bytes, fields), Forwarding.DEFAULT, List.of()));
  }

  /// A request with `fields` fields, Host included.
  private static String request(int fields, int valueBytes) {
    StringBuilder head = new StringBuilder("GET / HTTP/1.1\r\nHost: svc\r\n");
    for (int i = 1; i < fields; i++) {
      head.append("X-").append(i).append(": ").append("v".repeat(valueBytes)).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  @Test
  void moreFieldsAndBytesPassThanByDefault() {
    try (Bed bed = bed(256 << 10, 300)) {
      FakeReplica replica = bed.replicas(1).getFirst();

      assertThat(bed.send(request(300, 10)).status()).isEqualTo(200);
      assertThat(replica.received().getLast().fields("x-299")).containsExactly("v".repeat(10));
      assertThat(bed.send(request(4, 64 << 10)).status()).isEqualTo(200);
      assertThat(bed.send(request(301, 10)).status()).isEqualTo(431);
      assertThat(bed.send(request(2, (64 << 10) + 1)).status()).isEqualTo(431);
      assertThat(bed.send(request(5, 64 << 10)).status()).isEqualTo(431);
      assertThat(bed.send("GET /" + "a".repeat(65 << 10) + " HTTP/1.1\r\n").status())
          .isEqualTo(414);
    }
  }

  @Test
  void fewerPassThanByDefault() {
    try (Bed bed = bed(16 << 10, 20)) {
      bed.replicas(1);

      assertThat(bed.send(request(20, 500)).status()).isEqualTo(200);
      assertThat(bed.send(request(21, 10)).status()).isEqualTo(431);
      assertThat(bed.send(request(2, (4 << 10) + 1)).status()).isEqualTo(431);
      assertThat(bed.send(request(19, 1000)).status()).isEqualTo(431);
    }
  }

  /// What is added to a full head on its way must not make it too large for the form it is sent in.
  @Test
  void fullHeadReachesReplicasThatSpeakHttp2() {
    try (Bed bed = bed(32 << 10, 100);
        Http2Replica replica =
            Http2Replica.answering((peer, stream) -> {
              int fields = peer.stream(stream).fields.size();
              peer.headers(stream, false, ":status", "200")
                  .data(stream, Integer.toString(fields), true)
                  .send();
            })) {
      bed.routeTo(List.of(replica.endpoint(1)));

      RawClient.Answer answer = bed.send(request(100, 10));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(Integer.parseInt(answer.body())).isGreaterThan(100);
    }
  }

  @Test
  void limitsHoldForHttp2Clients() {
    try (Bed bed = bed(256 << 10, 300)) {
      FakeReplica replica = bed.replicas(1).getFirst();
      try (Http2Peer client = Http2Peer.connect(bed.port)) {
        String large = "v".repeat(60 << 10);

        assertThat(get(client, 1, large).answer(1).status).isEqualTo(200);
        assertThat(replica.received().getLast().fields("x-large")).containsExactly(large);
        assertThat(get(client, 3, large + large).answer(3).status).isEqualTo(431);
      }
    }
  }

  /// A field that takes more than one frame.
  private static Http2Peer get(Http2Peer client, int stream, String large) {
    byte[] block =
        client.block(
            ":method",
            "GET",
            ":scheme",
            "http",
            ":path",
            "/",
            ":authority",
            "svc",
            "x-large",
            large);
    for (int from = 0; from < block.length; from += FRAME) {
      int to = Math.min(block.length, from + FRAME);
      int type = from == 0 ? Http2Peer.HEADERS : Http2Peer.CONTINUATION;
      int flags =
          (from == 0 ? Http2Peer.END_STREAM : 0) | (to == block.length ? Http2Peer.END_HEADERS : 0);
      client.frame(type, flags, stream, Arrays.copyOfRange(block, from, to));
    }
    return client.send();
  }
}
