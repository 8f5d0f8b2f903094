package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// HTTP/2 towards clients, HTTP/1.1 towards replicas.
@SuppressWarnings("StringConcatToTextBlock")
final class Http2ForwardingTest {
  private static final int INITIAL_WINDOW = 4;
  private static final int LARGEST_BUFFER = 64 << 20;

  private final Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(30)));
  private final FakeReplica replica = bed.replicas(1).getFirst();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private ReceivedRequest last() {
    return replica.received().getLast();
  }

  @Test
  void forwardsARequestAndItsAnswer() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      Http2Peer.Stream answer = client.get(1, "/a?b=c").send().answer(1);

      assertThat(answer.status).isEqualTo(200);
      assertThat(answer.body).hasToString("r1");
      assertThat(answer.field("content-length")).isEqualTo("2");
      assertThat(answer.field("via")).isEqualTo("1.1 fleetserve");
      assertThat(answer.field("x-request-id")).matches("[0-9a-f]{32}");
    }
    assertThat(last().requestLine()).isEqualTo("GET /a?b=c HTTP/1.1");
    assertThat(last().fields("host")).containsExactly("svc");
    assertThat(last().fields("x-forwarded-for")).containsExactly("127.0.0.1");
    assertThat(last().fields("transfer-encoding")).isEmpty();
  }

  @Test
  void forwardsABodyOfUnknownLengthInChunks() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      Http2Peer.Stream answer =
          client
              .request(1, "POST", "/", false)
              .data(1, "abc", false)
              .data(1, "", false)
              .data(1, "defg", true)
              .send()
              .answer(1);

      assertThat(answer.status).isEqualTo(200);
    }
    assertThat(last().fields("transfer-encoding")).containsExactly("chunked");
    assertThat(last().body()).isEqualTo("abcdefg");
  }

  @Test
  void forwardsABodyOfKnownLengthAsItIs() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client
          .request(1, "POST", "/", false, "content-length", "7")
          .data(1, "abc", false)
          .data(1, "defg", true)
          .send()
          .answer(1);
    }
    assertThat(last().fields("content-length")).containsExactly("7");
    assertThat(last().body()).isEqualTo("abcdefg");
  }

  /// RFC 9113 section 8.1.
  @Test
  void passesTrailersInBothDirections() {
    replica.script((request, connection) ->
        connection.send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"));
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      Http2Peer.Stream answer =
          client
              .request(1, "POST", "/", false)
              .data(1, "abc", false)
              .headers(1, true, "x-check", "2", "authorization", "x")
              .send()
              .answer(1);

      assertThat(answer.body).hasToString("abc");
      assertThat(String.valueOf(answer.trailers.get("x-sum"))).isEqualTo("1");
    }
    assertThat(last().body()).isEqualTo("abc");
    assertThat(last().trailers()).containsExactly("x-check: 2");
  }

  /// RFC 9113 section 8.2.3.
  @Test
  void joinsCookies() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client.request(1, "GET", "/", true, "cookie", "a=1", "cookie", "b=2").send().answer(1);
    }
    assertThat(last().fields("cookie")).containsExactly("a=1; b=2");
  }

  @Test
  void servesManyStreamsAtOnce() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      for (int i = 0; i < 100; i++) {
        client.get(2 * i + 1, "/" + i);
      }
      client.send();

      for (int i = 0; i < 100; i++) {
        assertThat(client.answer(2 * i + 1).status).isEqualTo(200);
      }
    }
    assertThat(replica.received()).hasSize(100);
  }

  /// Some clients end every request by an empty frame.
  @Test
  void takesAnEmptyFrameForNoBody() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      Http2Peer.Stream answer =
          client
              .request(1, "GET", "/", false)
              .data(1, "", false)
              .data(1, "", true)
              .send()
              .answer(1);
      Http2Peer.Stream refused =
          client.request(3, "GET", "/", false).data(3, "body", true).send().answer(3);

      assertThat(answer.status).isEqualTo(200);
      assertThat(refused.status).isEqualTo(400);
    }
    assertThat(last().fields("transfer-encoding")).isEmpty();
  }

  @Test
  void answersHeadWithoutABody() {
    replica.script(
        (request, connection) -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"));
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      Http2Peer.Stream answer = client.request(1, "HEAD", "/", true).send().answer(1);

      assertThat(answer.field("content-length")).isEqualTo("10");
      assertThat(answer.body).isEmpty();
    }
  }

  @Test
  void passesInterimAnswers() {
    replica.script((request, connection) -> {
      connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
      connection.answer(200, "done");
    });
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      Http2Peer.Stream answer = client.get(1, "/").send().answer(1);

      assertThat(answer.interim).hasToString("103 ");
      assertThat(answer.body).hasToString("done");
    }
  }

  /// RFC 9113 section 5.4.2: the replica is spared the work.
  @Test
  void aResetCancelsAtTheReplicaAtOnce() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    replica.script((request, connection) -> {
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
      begun.countDown();
      ended.set(connection.awaitEnd(10_000));
    });
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client.get(1, "/").send();
      begun.await();
      client.await(Http2Peer.DATA);

      client.number(Http2Peer.RST_STREAM, 1, 8).send();

      await().untilTrue(ended);
      replica.script((request, connection) -> connection.answer(200, "next"));
      assertThat(client.get(3, "/").send().answer(3).body).hasToString("next");
    }
  }

  @Test
  void anAnswerThatBreaksOffIsAReset() {
    replica.script((request, connection) -> {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
      connection.close();
    });
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      int error = client.get(1, "/").send().resetOf(1);

      assertThat(error).isEqualTo(2);
      assertThat(client.stream(1).ended).isFalse();
    }
  }

  /// RFC 9113 section 8.1: an early answer, then NO_ERROR.
  @Test
  void anEarlyAnswerStopsTheUpload() {
    bed.rule(rule -> rule.hold(100, 0)).routeTo(List.of());
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client.request(1, "POST", "/", false).data(1, "abc", false).send();

      assertThat(client.resetOf(1)).isZero();
      assertThat(client.stream(1).status).isEqualTo(503);
      assertThat(client.stream(1).ended).isTrue();
    }
  }

  /// What a client sends ahead is bounded by the stream's window, and other streams go on.
  @Test
  void holdsBackAClientWhoseReplicaTakesNothing() throws IOException {
    try (ServerSocket deaf = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      bed.routeTo(
          List.of(new ReplicaEndpoint(2, 1, 1, "127.0.0.1", deaf.getLocalPort(), null, false)));
      try (Http2Peer client = Http2Peer.connect(bed.port, INITIAL_WINDOW, 1 << 20)) {
        client.request(1, "POST", "/", false, "content-length", "100000000").send();
        Http2Peer.Frame update = client.await(Http2Peer.WINDOW_UPDATE);
        int room = 65_536;
        int given = 0;
        // Sends what it may until nothing more is allowed for a stream that nobody reads.
        while (room > 0 && given < LARGEST_BUFFER) {
          client.data(1, "x".repeat(Math.min(room, 16_000)), false);
          room -= Math.min(room, 16_000);
          client.frame(Http2Peer.PING, 0, 0, new byte[8]).send();
          for (update = client.next(); update.type() != Http2Peer.PING; update = client.next()) {
            if (update.type() == Http2Peer.WINDOW_UPDATE && update.stream() == 1) {
              int more = Unpooled.wrappedBuffer(update.payload()).getInt(0);
              room += more;
              given += more;
            }
          }
        }

        assertThat(given).isLessThan(LARGEST_BUFFER);
        client.number(Http2Peer.RST_STREAM, 1, 8).send();
        bed.awaitIdle();
      }
    }
  }

  @Test
  void answersTooManyFieldsAndUnknownServicesItself() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      String[] many = new String[300];
      for (int i = 0; i < many.length; i += 2) {
        many[i] = "x-" + i;
        many[i + 1] = "1";
      }

      assertThat(client.request(1, "GET", "/", true, many).send().answer(1).status).isEqualTo(431);
      assertThat(client.request(3, "TRACE", "/", true).send().answer(3).status).isEqualTo(405);
      assertThat(client.get(5, "/").send().answer(5).status).isEqualTo(200);
    }
  }

  /// What could become two requests over HTTP/1.1 resets the stream and reaches no replica.
  @Test
  void refusesFieldsThatWouldSplitTheRequest() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client.request(1, "GET", "/", true, "x-a", "b\r\nHost: other").send();
      assertThat(client.resetOf(1)).isEqualTo(1);
      client.request(3, "GET", "/", true, "x-a b", "c").send();
      assertThat(client.resetOf(3)).isEqualTo(1);
      client.request(5, "GET", "/", true, "connection", "close").send();
      assertThat(client.resetOf(5)).isEqualTo(1);
      client.request(7, "GET", "/", true, "host", "other").send();
      assertThat(client.resetOf(7)).isEqualTo(1);
      client.request(9, "GET", "/ HTTP/1.1\r\nX: y", true).send();
      assertThat(client.resetOf(9)).isEqualTo(1);
      client.request(11, "GET / HTTP/1.1\r\nX:", "/", true).send();
      assertThat(client.resetOf(11)).isEqualTo(1);
      client.request(13, "GET", "/", true, "transfer-encoding", "chunked").send();
      assertThat(client.resetOf(13)).isEqualTo(1);
      assertThat(client.request(15, "GET", "/a b", true).send().answer(15).status).isEqualTo(400);
      client.request(17, "CONNECT", "/", true).send();
      assertThat(client.answer(17).status).isEqualTo(405);
      client.request(19, "POST", "/", false, "content-length", "5").data(19, "abc", true).send();
      assertThat(client.resetOf(19)).isEqualTo(1);
    }
    assertThat(replica.received()).isEmpty();
  }

  @Test
  void stopSaysGoAwayAtOnceAndLetsStreamsEnd() throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    replica.script((request, connection) -> {
      arrived.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      connection.answer(200, "late");
    });
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client.get(1, "/").send();
      arrived.await();

      bed.plane.listeners().stop();

      assertThat(client.goAway()).isZero();
      goOn.countDown();
      assertThat(client.answer(1).body).hasToString("late");
      assertThat(client.awaitEnd()).isTrue();
    }
  }

  @Test
  void anHttp1RequestThatLooksAlmostLikeThePrefaceIsRefused() {
    assertThat(bed.send("PRI * HTTP/1.1\r\nHost: svc\r\n\r\n").status()).isEqualTo(400);
  }

  /// RFC 9218 section 5.
  @Test
  void priorityPassesUntouched() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client.request(1, "GET", "/", true, "priority", "u=0, i").send().answer(1);
    }
    assertThat(last().fields("priority")).containsExactly("u=0, i");
  }
}
