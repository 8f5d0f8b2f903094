package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is forwarded, and what is not.
@SuppressWarnings("StringConcatToTextBlock")
final class ForwardingTest {
  private final Bed bed = new Bed();
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
    RawClient.Answer answer =
        bed.send("POST /a?b=c HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nContent-Length: 3\r\n\r\nabc");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("r1");
    assertThat(last().requestLine()).isEqualTo("POST /a?b=c HTTP/1.1");
    assertThat(last().body()).isEqualTo("abc");
    assertThat(last().fields("x-a")).containsExactly("1");
  }

  /// RFC 9110 sections 7.6.1 and 7.6.3.
  @Test
  void removesHopByHopFieldsAndAddsItsOwn() {
    bed.send(
        """
        GET / HTTP/1.1\r
        Host: svc\r
        Connection: keep-alive, X-Gone\r
        Keep-Alive: 5\r
        X-Gone: 1\r
        TE: trailers\r
        Proxy-Authorization: Basic x\r
        Upgrade: h2c\r
        X-Forwarded-For: 1.2.3.4\r
        X-Forwarded-Port: 99\r
        Forwarded: for=1.2.3.4\r
        Authorization: Bearer x\r
        \r
        """);

    ReceivedRequest got = last();
    assertThat(got.fields("connection")).isEmpty();
    assertThat(got.fields("keep-alive")).isEmpty();
    assertThat(got.fields("x-gone")).isEmpty();
    assertThat(got.fields("te")).isEmpty();
    assertThat(got.fields("upgrade")).isEmpty();
    assertThat(got.fields("proxy-authorization")).isEmpty();
    assertThat(got.fields("forwarded")).isEmpty();
    assertThat(got.fields("x-forwarded-port")).isEmpty();
    assertThat(got.fields("authorization")).containsExactly("Bearer x");
    assertThat(got.fields("x-forwarded-for")).containsExactly("127.0.0.1");
    assertThat(got.fields("x-forwarded-host")).containsExactly("svc");
    assertThat(got.fields("x-forwarded-proto")).containsExactly("http");
    assertThat(got.fields("via")).containsExactly("1.1 fleetserve");
    assertThat(got.field("x-request-id").orElseThrow()).matches("[0-9a-f]{32}");
  }

  @Test
  void keepsTheClientsRequestIdAndTellsItBack() {
    RawClient.Answer answer =
        bed.send("GET / HTTP/1.1\r\nHost: svc\r\nX-Request-Id: mine-1\r\n\r\n");

    assertThat(last().fields("x-request-id")).containsExactly("mine-1");
    assertThat(answer.fields("x-request-id")).containsExactly("mine-1");
  }

  /// RFC 9112 section 9.3.2.
  @Test
  void answersPipelinedRequestsInOrder() {
    replica.script((request, connection) -> connection.answer(200, request.target()));
    try (RawClient client = bed.client()) {
      client.send(
          """
          GET /1 HTTP/1.1\r\nHost: svc\r\n\r
          POST /2 HTTP/1.1\r\nHost: svc\r\nContent-Length: 2\r\n\r
          xyGET /3 HTTP/1.1\r\nHost: svc\r\n\r
          """);

      assertThat(List.of(client.answer().body(), client.answer().body(), client.answer().body()))
          .containsExactly("/1", "/2", "/3");
    }
    assertThat(replica.connections()).isEqualTo(1);
  }

  /// RFC 9112 section 7.1.
  @Test
  void forwardsChunkedBodiesAndAllowedTrailersBothWays() {
    replica.script((request, connection) ->
        connection.send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
                + "3\r\nabc\r\n0\r\nX-T: 1\r\nContent-Length: 9\r\n\r\n"));

    RawClient.Answer answer =
        bed.send(
            "POST / HTTP/1.1\r\nHost: svc\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "4;a=\"b\"\r\nwxyz\r\n1\r\n!\r\n0\r\nX-Sum: 5\r\nCookie: evil\r\n\r\n");

    assertThat(last().body()).isEqualTo("wxyz!");
    assertThat(last().trailers()).containsExactly("X-Sum: 5");
    assertThat(answer.complete()).isTrue();
    assertThat(answer.body()).isEqualTo("abc");
    assertThat(answer.head()).contains("X-T: 1").doesNotContain("Content-Length");
  }

  @Test
  void removesChunksForAClientThatKnowsNone() {
    replica.script((request, connection) ->
        connection.send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n"));

    RawClient.Answer answer = bed.send("GET / HTTP/1.0\r\n\r\n");

    assertThat(answer.body()).isEqualTo("abcde");
    assertThat(answer.head()).doesNotContain("chunked").contains("Connection: close");
  }

  /// RFC 9110 sections 9.3.2, 15.3.5 and 15.4.5.
  @Test
  void answersWithoutABodyWhateverTheirHeadSays() {
    replica.script((request, connection) -> {
      switch (request.target()) {
        case "/head" -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        case "/204" -> connection.send("HTTP/1.1 204 No Content\r\n\r\n");
        case "/304" -> connection.send("HTTP/1.1 304 NM\r\nContent-Length: 7\r\n\r\n");
        default -> connection.answer(200, "end");
      }
    });
    try (RawClient client = bed.client()) {
      client.send("HEAD /head HTTP/1.1\r\nHost: svc\r\n\r\n");
      assertThat(client.answer(true).field("content-length")).contains("5");
      client.send("GET /204 HTTP/1.1\r\nHost: svc\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(204);
      client.send("GET /304 HTTP/1.1\r\nHost: svc\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(304);
      client.send("GET /x HTTP/1.1\r\nHost: svc\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("end");
    }
  }

  /// RFC 9110 section 10.1.1.
  @Test
  void passesContinueAndOtherInterimAnswers() {
    replica.script((request, connection) -> {
      connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
      connection.answer(200, "done");
    });
    try (RawClient client = bed.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: svc\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      client.send("ok");

      assertThat(client.head()).startsWith("HTTP/1.1 103").contains("Link: </a>");
      assertThat(client.answer().body()).isEqualTo("done");
    }
    assertThat(last().fields("expect")).containsExactly("100-continue");
  }

  /// RFC 6455 section 4.1.
  @Test
  void tunnelsAWebSocket() {
    replica.script((request, connection) -> {
      connection.send(
          "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      for (int b = connection.read(); b >= 0; b = connection.read()) {
        connection.send("" + (char) (b + 1));
      }
      connection.close();
    });
    try (RawClient client = bed.client()) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: svc\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

      assertThat(client.head()).startsWith("HTTP/1.1 101").contains("Upgrade: websocket");
      assertThat(client.send("abc").read(3)).isEqualTo("bcd");
      assertThat(client.endOutput().awaitEnd()).isTrue();
    }
    assertThat(last().fields("upgrade")).containsExactly("websocket");
  }

  @Test
  void closeDelimitedAnswerEndsWithTheConnection() {
    replica.script((request, connection) -> {
      connection.send("HTTP/1.0 200 OK\r\n\r\nall of it");
      connection.close();
    });

    RawClient.Answer answer = bed.get("/");

    assertThat(answer.body()).isEqualTo("all of it");
    assertThat(answer.field("connection")).contains("close");
  }

  @Test
  void knowsServicesByHostOnTheSharedPort() {
    bed.plane.listeners().openShared(0, null);
    int shared = bed.plane.listeners().sharedPort();
    for (String host : List.of("svc", "SVC.localhost:80", "other.example", "other.example.")) {
      try (RawClient client = RawClient.connect(shared)) {
        assertThat(client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").answer().status())
            .as(host)
            .isEqualTo(200);
      }
    }
    try (RawClient client = RawClient.connect(shared)) {
      RawClient.Answer answer = client.send("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n").answer();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).contains("no_such_service");
    }
  }

  /// RFC 9218 section 5: the field is from end to end, and for whoever can make use of it.
  @Test
  void priorityPassesUntouchedBothWays() {
    replica.script((request, connection) ->
        connection.send("HTTP/1.1 200 OK\r\nPriority: u=5, i\r\nContent-Length: 0\r\n\r\n"));

    RawClient.Answer answer =
        bed.send("GET / HTTP/1.1\r\nHost: svc\r\nPriority: u=1, i;x=?0, unknown\r\n\r\n");
    assertThat(answer.fields("priority")).containsExactly("u=5, i");
    assertThat(replica.received().getFirst().fields("priority"))
        .containsExactly("u=1, i;x=?0, unknown");
  }
}
