package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.replica.FakeReplica;
import java.time.Duration;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What an HTTP/2 client may not make the load balancer do, RFC 9113 section 10.5; others are not
/// disturbed.
final class Http2FloodTest {
  private static final int REFUSED_STREAM = 7;
  private static final int SETTINGS_TIMEOUT = 4;
  private static final int CANCEL = 8;
  private static final int INITIAL_WINDOW = 4;
  private static final int MANY = 3000;

  private final Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(30)));
  private final FakeReplica replica = bed.replicas(1).getFirst();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  /// Sends a frame many times: the connection ends, and another one is served as if nothing was.
  private void expectCalm(ObjIntConsumer<Http2Peer> frame) {
    try (Http2Peer other = Http2Peer.connect(bed.port);
        Http2Peer client = Http2Peer.connect(bed.port)) {
      assertThat(other.get(1, "/").send().answer(1).status).isEqualTo(200);
      for (int i = 0; i < MANY; i++) {
        frame.accept(client, i);
      }

      assertThat(client.trySend().goAway()).isEqualTo(Http2Peer.ENHANCE_YOUR_CALM);
      assertThat(client.awaitEnd()).isTrue();
      assertThat(other.get(3, "/").send().answer(3).status).isEqualTo(200);
    }
  }

  /// CVE-2019-9512.
  @Test
  void pings() {
    expectCalm((client, i) -> client.frame(Http2Peer.PING, 0, 0, new byte[8]));
  }

  /// CVE-2019-9515.
  @Test
  void settings() {
    expectCalm((client, i) -> client.settings());
  }

  /// CVE-2019-9513.
  @Test
  void priorities() {
    expectCalm((client, i) -> client.frame(Http2Peer.PRIORITY, 0, 2 * i + 3, new byte[5]));
  }

  /// CVE-2019-9518.
  @Test
  void emptyData() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client.request(1, "POST", "/", false);
      for (int i = 0; i < MANY; i++) {
        client.data(1, "", false);
      }

      assertThat(client.trySend().goAway()).isEqualTo(Http2Peer.ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void windowUpdates() {
    expectCalm((client, i) -> client.number(Http2Peer.WINDOW_UPDATE, 0, 1));
  }

  @Test
  void unknownFrames() {
    expectCalm((client, i) -> client.frame(0x42, 0, 0, new byte[1]));
  }

  /// CVE-2019-9514, CVE-2023-44487.
  @Test
  void rapidResets() {
    replica.script((request, connection) -> connection.awaitEnd(10_000));
    expectCalmButNotOthers(
        (client, i) -> client.get(2 * i + 1, "/").number(Http2Peer.RST_STREAM, 2 * i + 1, 8));
  }

  private void expectCalmButNotOthers(ObjIntConsumer<Http2Peer> frame) {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      for (int i = 0; i < MANY; i++) {
        frame.accept(client, i);
      }
      assertThat(client.trySend().goAway()).isEqualTo(Http2Peer.ENHANCE_YOUR_CALM);
    }
    bed.awaitIdle();
    replica.script((request, connection) -> connection.answer(200, "ok"));
    assertThat(bed.get("/").status()).isEqualTo(200);
  }

  /// CVE-2025-8671: the client provokes resets by errors of its own.
  @Test
  void resetsThatItProvokes() {
    expectCalmButNotOthers(
        (client, i) -> client.get(2 * i + 1, "/").number(Http2Peer.WINDOW_UPDATE, 2 * i + 1, 0));
  }

  /// CVE-2024-27316 and its like.
  @Test
  void continuations() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      byte[] block = client.block(":method", "GET", ":path", "/", ":scheme", "http");
      client.frame(Http2Peer.HEADERS, 0, 1, block);
      for (int i = 0; i < MANY; i++) {
        client.frame(Http2Peer.CONTINUATION, 0, 1, client.block("x-" + i, "1"));
      }

      assertThat(client.trySend().goAway()).isEqualTo(Http2Peer.ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void emptyContinuations() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client.frame(Http2Peer.HEADERS, 0, 1, client.block(":method", "GET"));
      for (int i = 0; i < MANY; i++) {
        client.frame(Http2Peer.CONTINUATION, 0, 1, new byte[0]);
      }

      assertThat(client.trySend().goAway()).isEqualTo(Http2Peer.ENHANCE_YOUR_CALM);
    }
  }

  /// A few bytes that stand for many: 4,000 references to one large field of the table.
  @Test
  void compressedFieldsThatGrow() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client.request(1, "GET", "/", true, "x-large", "y".repeat(3000)).send();
      assertThat(client.answer(1).status).isEqualTo(200);
      byte[] one = client.block("x-large", "y".repeat(3000));
      byte[] all = new byte[4000 * one.length];
      for (int i = 0; i < 4000; i++) {
        System.arraycopy(one, 0, all, i * one.length, one.length);
      }

      client.frame(Http2Peer.HEADERS, Http2Peer.END_HEADERS | Http2Peer.END_STREAM, 3, all);

      assertThat(one).hasSize(1);
      assertThat(client.send().answer(3).status).isEqualTo(431);
      assertThat(replica.received()).hasSize(1);
    }
  }

  /// Fields a little above the limit get an answer.
  @Test
  void fieldsThatAreTooLarge() {
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      String large = "y".repeat(3000);
      String[] fields = new String[22];
      for (int i = 0; i < fields.length; i += 2) {
        fields[i] = "x-" + i;
        fields[i + 1] = large;
      }
      byte[] block =
          client.block(
              ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "svc", "x", large);
      client.frame(Http2Peer.HEADERS, Http2Peer.END_STREAM, 1, block);
      for (int i = 0; i < fields.length; i += 2) {
        int end = i + 2 == fields.length ? Http2Peer.END_HEADERS : 0;
        client.frame(Http2Peer.CONTINUATION, end, 1, client.block(fields[i], fields[i + 1]));
      }

      assertThat(client.send().answer(1).status).isEqualTo(431);
      assertThat(client.get(3, "/").send().answer(3).status).isEqualTo(200);
    }
  }

  @Test
  void moreStreamsThanAllowedAreRefused() {
    replica.script((request, connection) -> connection.awaitEnd(10_000));
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      for (int i = 0; i < 101; i++) {
        client.get(2 * i + 1, "/");
      }

      assertThat(client.send().resetOf(201)).isEqualTo(REFUSED_STREAM);
      assertThat(client.stream(1).error).isEqualTo(-1);
    }
  }

  @Test
  void settingsThatAreNeverAcknowledged() {
    try (Bed strict = new Bed();
        Http2Peer client = Http2Peer.connect(strict.openPort()).withoutAcknowledgement()) {
      assertThat(client.goAway()).isEqualTo(SETTINGS_TIMEOUT);
    }
  }

  @Test
  void halfAPreface() {
    try (Bed strict = new Bed();
        Http2Peer client = Http2Peer.open(strict.openPort())) {
      client.text("PRI * HTTP/2.0\r\n\r\nSM").send();

      assertThat(client.awaitEnd()).isTrue();
    }
  }

  /// CVE-2019-9517.
  @Test
  void windowsThatNeverOpen() {
    try (Bed strict = new Bed(Bed.withStallTime(Duration.ofMillis(300)))) {
      strict
          .replicas(1)
          .getFirst()
          .script((request, connection) -> connection.answer(200, "x".repeat(100_000)));
      try (Http2Peer client = Http2Peer.connect(strict.port, INITIAL_WINDOW, 1)) {
        assertThat(client.get(1, "/").send().resetOf(1)).isEqualTo(CANCEL);
        assertThat(client.stream(1).body).hasSize(1);
      }
    }
  }

  /// CVE-2019-9511: the window opens a byte at a time.
  @Test
  void windowsThatDribble() {
    replica.script((request, connection) -> connection.answer(200, "x".repeat(100_000)));
    try (Http2Peer client = Http2Peer.connect(bed.port, INITIAL_WINDOW, 1)) {
      client.get(1, "/").send();
      Http2Peer.Frame frame = client.next();
      while (frame.type() != Http2Peer.GOAWAY) {
        if (frame.type() == Http2Peer.DATA) {
          for (int i = 0; i < 50; i++) {
            client.number(Http2Peer.WINDOW_UPDATE, 1, 1);
          }
          client.trySend();
        }
        frame = client.next();
      }

      assertThat(frame.error()).isEqualTo(Http2Peer.ENHANCE_YOUR_CALM);
    }
  }

  /// The client's advice on the size of fields does not matter.
  @Test
  void aTinyLimitOfFieldsDoesNotMakeAnswersFail() {
    try (Http2Peer client = Http2Peer.connect(bed.port, 6, 1)) {
      assertThat(client.get(1, "/").send().answer(1).status).isEqualTo(200);
    }
  }

  /// A client may ask for each piece of a long answer as it likes: the acknowledgements are no
  /// flood.
  @Test
  void acknowledgingEachPieceIsNoFlood() {
    replica.script((request, connection) -> {
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < 3000; i++) {
        connection.send("5\r\nhello\r\n");
      }
      connection.send("0\r\n\r\n");
    });
    try (Http2Peer client = Http2Peer.connect(bed.port)) {
      client.get(1, "/").send();
      Http2Peer.Stream stream = client.stream(1);
      while (!stream.ended) {
        Http2Peer.Frame frame = client.next();
        assertThat(frame.type()).isNotEqualTo(Http2Peer.GOAWAY);
        if (frame.type() == Http2Peer.DATA && frame.payload().length > 0) {
          client
              .number(Http2Peer.WINDOW_UPDATE, 0, frame.payload().length)
              .number(Http2Peer.WINDOW_UPDATE, 1, frame.payload().length)
              .trySend();
        }
      }
      assertThat(stream.body).hasSize(15_000);
    }
  }
}
