package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.testing.replica.FakeReplica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// HTTP/2 towards replicas, from clients of either kind.
@SuppressWarnings("StringConcatToTextBlock")
final class Http2ReplicaTest {
  private static final int REFUSED_STREAM = 7;
  private static final int MAX_CONCURRENT_STREAMS = 3;

  private final Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(30)));

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private void route(Http2Replica... replicas) {
    List<ReplicaEndpoint> all = new ArrayList<>();
    for (Http2Replica each : replicas) {
      all.add(each.endpoint(all.size() + 1));
    }
    bed.routeTo(all);
  }

  private static void ok(Http2Peer peer, int stream) {
    Http2Peer.Stream request = peer.stream(stream);
    String text = request.field(":method") + " " + request.field(":path") + " " + request.body;
    peer.headers(stream, false, ":status", "200", "x-served", "by-h2")
        .data(stream, text, true)
        .send();
  }

  @Test
  void carriesAnHttp1RequestAndItsAnswer() {
    AtomicInteger trailers = new AtomicInteger();
    try (Http2Replica replica =
        Http2Replica.answering((peer, stream) -> {
          trailers.addAndGet(peer.stream(stream).trailers.size());
          assertThat(peer.stream(stream).field("x-forwarded-host")).isEqualTo("h");
          assertThat(peer.stream(stream).field("via")).isEqualTo("1.1 fleetserve");
          assertThat(peer.stream(stream).fields.contains("connection")).isFalse();
          assertThat(peer.stream(stream).fields.contains("host")).isFalse();
          assertThat(peer.stream(stream).field(":authority")).isEqualTo("h");
          ok(peer, stream);
        })) {
      route(replica);

      RawClient.Answer chunked =
          bed.send(
              "POST /a?b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n"
                  + "3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n");
      RawClient.Answer sized =
          bed.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
      RawClient.Answer old = bed.send("GET / HTTP/1.0\r\nHost: h\r\n\r\n");

      assertThat(chunked.status()).isEqualTo(200);
      assertThat(chunked.body()).isEqualTo("POST /a?b abcdefg");
      assertThat(chunked.field("transfer-encoding")).contains("chunked");
      assertThat(chunked.field("x-served")).contains("by-h2");
      assertThat(sized.body()).isEqualTo("POST / abc");
      assertThat(old.body()).isEqualTo("GET / ");
      assertThat(old.complete()).isTrue();
      assertThat(trailers).hasValue(1);
    }
  }

  @Test
  void carriesAnHttp2RequestAndItsAnswer() {
    try (Http2Replica replica =
        Http2Replica.answering((peer, stream) ->
            peer.headers(stream, false, ":status", "103", "link", "</a>")
                .headers(stream, false, ":status", "200")
                .data(stream, "abc", false)
                .headers(stream, true, "x-sum", peer.stream(stream).trailers.get("x-t") + "!")
                .send())) {
      route(replica);
      try (Http2Peer client = Http2Peer.connect(bed.port)) {
        Http2Peer.Stream answer =
            client
                .request(1, "POST", "/", false)
                .data(1, "abc", false)
                .headers(1, true, "x-t", "1")
                .send()
                .answer(1);

        assertThat(answer.interim).hasToString("103 ");
        assertThat(answer.body).hasToString("abc");
        assertThat(String.valueOf(answer.trailers.get("x-sum"))).isEqualTo("1!");
      }
      RawClient.Answer http1 = bed.send("GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n");
      assertThat(http1.body()).isEqualTo("abc");
      assertThat(http1.field("x-sum")).isPresent();
    }
  }

  @Test
  void manyRequestsShareOneConnectionOfALane() {
    try (Http2Replica replica = Http2Replica.answering(Http2ReplicaTest::ok)) {
      route(replica);
      try (Http2Peer client = Http2Peer.connect(bed.port)) {
        for (int i = 0; i < 50; i++) {
          client.get(2 * i + 1, "/" + i);
        }
        client.send();
        for (int i = 0; i < 50; i++) {
          assertThat(client.answer(2 * i + 1).body).hasToString("GET /" + i + " ");
        }
      }
      assertThat(replica.connections()).isEqualTo(1);
    }
  }

  @Test
  void respectsTheReplicasLimitOfStreams() {
    try (Http2Replica replica =
        Http2Replica.answering(Http2ReplicaTest::ok, MAX_CONCURRENT_STREAMS, 2)) {
      route(replica);
      try (Http2Peer client = Http2Peer.connect(bed.port)) {
        for (int i = 0; i < 6; i++) {
          client.get(2 * i + 1, "/" + i);
        }
        client.send();
        for (int i = 0; i < 6; i++) {
          assertThat(client.answer(2 * i + 1).status).isEqualTo(200);
        }
      }
    }
  }

  /// RFC 9113 section 6.8: streams above the last one were not processed, whatever their method.
  @Test
  void goAwaySendsWhatWasNotProcessedElsewhere() {
    AtomicInteger posts = new AtomicInteger();
    try (Http2Replica leaving =
            Http2Replica.scripted(peer -> {
              int stream = peer.request();
              peer.frame(Http2Peer.GOAWAY, 0, 0, new byte[8]).send();
              assertThat(stream).isPositive();
              peer.awaitEnd();
            });
        Http2Replica other =
            Http2Replica.answering((peer, stream) -> {
              posts.incrementAndGet();
              ok(peer, stream);
            })) {
      route(leaving, other);
      for (int i = 0; i < 4; i++) {
        assertThat(bed.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx").body())
            .isEqualTo("POST / x");
      }
      assertThat(posts).hasValue(4);
    }
  }

  /// RFC 9113 section 8.7.
  @Test
  void aRefusedStreamIsSentElsewhere() {
    try (Http2Replica refusing =
            Http2Replica.answering((peer, stream) ->
                peer.number(Http2Peer.RST_STREAM, stream, REFUSED_STREAM).send());
        Http2Replica other = Http2Replica.answering(Http2ReplicaTest::ok)) {
      route(refusing, other);
      for (int i = 0; i < 4; i++) {
        assertThat(bed.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx").status())
            .isEqualTo(200);
      }
    }
  }

  @Test
  void aResetOrALostConnectionIsAFailure() {
    try (Http2Replica resetting =
        Http2Replica.answering((peer, stream) -> {
          if (peer.stream(stream).field(":path").equals("/reset")) {
            peer.number(Http2Peer.RST_STREAM, stream, 2).send();
          } else {
            peer.headers(stream, false, ":status", "200").data(stream, "part", false).send();
            peer.close();
          }
        })) {
      route(resetting);

      assertThat(bed.send("POST /reset HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx").status())
          .isEqualTo(502);
      assertThat(bed.get("/lost").complete()).isFalse();
    }
  }

  /// A client that leaves spares the replica the work.
  @Test
  void aClientThatLeavesCancelsItsStreamOnly() {
    AtomicInteger cancelled = new AtomicInteger();
    try (Http2Replica replica =
        Http2Replica.scripted(peer -> {
          int first = peer.request();
          peer.headers(first, false, ":status", "200").data(first, "x", false).send();
          cancelled.set(peer.resetOf(first));
          ok(peer, peer.request());
          peer.awaitEnd();
        })) {
      route(replica);
      try (Http2Peer client = Http2Peer.connect(bed.port)) {
        client.get(1, "/").send().await(Http2Peer.DATA);
        client.number(Http2Peer.RST_STREAM, 1, 8).send();

        await().untilAsserted(() -> assertThat(cancelled).hasValue(8));
        assertThat(client.get(3, "/next").send().answer(3).body).hasToString("GET /next ");
      }
      assertThat(replica.connections()).isEqualTo(1);
    }
  }

  /// What cannot be told from a replica that does not work.
  @Test
  void aReplicaThatSpeaksHttp1OnlyIsNotReached() {
    bed.rule(rule -> rule.hold(300, 10));
    try (FakeReplica replica = FakeReplica.start("old")) {
      bed.routeTo(
          List.of(
              new ReplicaEndpoint(
                  1, 1, 1, "127.0.0.1", replica.port(), null, false, ReplicaProtocol.H2C)));

      assertThat(bed.get("/").status()).isEqualTo(503);
    }
  }

  @Test
  void fieldsThatWouldSplitTheAnswerAreRefused() {
    try (Http2Replica replica =
        Http2Replica.answering((peer, stream) ->
            peer.headers(stream, true, ":status", "200", "x-a", "b\r\nSet-Cookie: c").send())) {
      route(replica);

      assertThat(bed.get("/").status()).isEqualTo(502);
    }
  }

  /// A slow client holds back its own stream and no other.
  @Test
  void backPressureReachesTheReplicaPerStream() {
    String piece = "x".repeat(16_000);
    try (Http2Replica replica =
        Http2Replica.answering((peer, stream) -> {
          if (!peer.stream(stream).field(":path").equals("/large")) {
            ok(peer, stream);
            return;
          }
          peer.headers(stream, false, ":status", "200");
          // As much as the window of a stream allows.
          for (int i = 0; i < 4; i++) {
            peer.data(stream, piece, false);
          }
          peer.send();
        })) {
      route(replica);
      try (Http2Peer client = Http2Peer.connect(bed.port, 4, 1000)) {
        client.get(1, "/large").send().await(Http2Peer.DATA);

        assertThat(client.get(3, "/other").send().answer(3).status).isEqualTo(200);
        assertThat(client.stream(1).body).hasSizeLessThanOrEqualTo(1000);
        client.number(Http2Peer.RST_STREAM, 1, 8).send();
        bed.awaitIdle();
      }
    }
  }
}
