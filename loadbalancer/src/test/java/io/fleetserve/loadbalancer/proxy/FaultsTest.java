package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.loadbalancer.endpoint.Health;
import io.fleetserve.testing.replica.FakeReplica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Replicas that fail, and who notices.
@SuppressWarnings("StringConcatToTextBlock")
final class FaultsTest {
  private static final String POST = "POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 3\r\n\r\nabc";
  private final Bed bed = new Bed();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  @Test
  void refusedConnectionGoesToAnotherReplicaAndEjectsAtOnce() {
    List<FakeReplica> replicas = bed.replicas(2);
    replicas.getFirst().kill();

    for (int i = 0; i < 10; i++) {
      assertThat(bed.send(POST).body()).isEqualTo("r2");
    }

    assertThat(bed.service().route().replicas().getFirst().health().phase())
        .isEqualTo(Health.Phase.EJECTED);
    assertThat(bed.service().route().replicas().getFirst().failures()).isEqualTo(1);
  }

  /// RFC 9110 section 9.2.2.
  @Test
  void idempotentRequestThatLostItsAnswerIsRepeatedElsewhere() {
    List<FakeReplica> replicas = bed.replicas(2);
    replicas.getFirst().script((request, connection) -> connection.reset());

    for (int i = 0; i < 6; i++) {
      assertThat(bed.get("/" + i).body()).isEqualTo("r2");
    }
  }

  @Test
  void otherRequestIsNeverSentTwice() {
    FakeReplica replica = bed.replicas(2).getFirst();
    replica.script((request, connection) -> connection.reset());
    bed.route(List.of(replica));

    RawClient.Answer answer = bed.send(POST);

    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.body()).contains("replica_failed");
    assertThat(replica.received()).hasSize(1);
  }

  @Test
  void otherRequestIsRepeatedWhereTheServiceAllowsIt() {
    bed.rule(rule -> rule.retry(3, false));
    List<FakeReplica> replicas = bed.replicas(2);
    replicas.forEach(replica ->
        replica.script((request, connection) -> {
          if (replica.received().size() + other(replicas, replica).received().size() == 1) {
            connection.reset();
          } else {
            connection.answer(200, request.body());
          }
        }));

    assertThat(bed.send(POST).body()).isEqualTo("abc");
  }

  private static FakeReplica other(List<FakeReplica> replicas, FakeReplica one) {
    return replicas.get(1 - replicas.indexOf(one));
  }

  @Test
  void attemptsAreBounded() {
    FakeReplica replica = bed.replicas(1).getFirst();
    replica.script((request, connection) -> connection.close());

    assertThat(bed.get("/").status()).isEqualTo(502);
    assertThat(replica.received()).hasSize(3);
  }

  /// RFC 9112 section 9.2: what nobody asked for must not become the next answer.
  @Test
  void connectionWithBytesBehindTheAnswerIsNotReused() {
    FakeReplica replica = bed.replicas(1).getFirst();
    replica.script((request, connection) ->
        connection.send(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nX: evil\r\n"));

    assertThat(bed.get("/1").body()).isEqualTo("ok");
    assertThat(bed.get("/2").body()).isEqualTo("ok");
    assertThat(replica.connections()).isEqualTo(2);
  }

  @Test
  void invalidAnswersAreNeverForwarded() {
    FakeReplica replica = bed.replicas(1).getFirst();
    List<String> bad =
        List.of(
            "garbage\r\n\r\n",
            "HTTP/2 200 OK\r\n\r\n",
            "HTTP/1.1 99 X\r\n\r\n",
            "HTTP/1.1 2000 X\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA B: c\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: Content-Length\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 101 Switching\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: " + "b".repeat(40_000) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(150) + "\r\n");
    for (String each : bad) {
      replica.script((request, connection) -> connection.send(each));
      RawClient.Answer answer = bed.send(POST);

      assertThat(answer.status()).as(each).isEqualTo(502);
      assertThat(answer.body()).as(each).contains("error");
    }
  }

  @Test
  void answerThatBreaksOffIsVisiblyIncomplete() {
    FakeReplica replica = bed.replicas(1).getFirst();
    for (String half :
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")) {
      replica.script((request, connection) -> {
        connection.send(half);
        connection.close();
      });
      RawClient.Answer answer = bed.get("/");
      assertThat(answer.status() == 200 && answer.complete()).as(half).isFalse();
    }
  }

  @Test
  void failuresInARowEjectButNeverTooMany() {
    List<FakeReplica> replicas = bed.replicas(4);
    replicas.forEach(replica -> replica.script((request, c) -> c.answer(503, "busy")));

    for (int i = 0; i < 60; i++) {
      assertThat(bed.get("/").status()).isEqualTo(503);
    }

    assertThat(
            bed.service().route().replicas().stream()
                .filter(replica -> replica.health().isEjected())
                .count())
        .isEqualTo(2);
  }

  @Test
  void ejectedReplicaComesBackByOneRequest() {
    List<FakeReplica> replicas = bed.replicas(2);
    replicas.getFirst().kill();
    for (int i = 0; i < 4; i++) {
      bed.get("/");
    }
    replicas.getFirst().revive();

    await().atMost(Duration.ofSeconds(10)).until(() -> bed.get("/").body().equals("r1"));
    assertThat(bed.service().route().replicas().getFirst().health().phase())
        .isEqualTo(Health.Phase.HEALTHY);
  }

  @Test
  void silenceBeforeAndInsideAnAnswerEnds() {
    bed.rule(rule -> rule.stream(300));
    FakeReplica replica = bed.replicas(1).getFirst();
    List<Boolean> ended = new ArrayList<>();
    replica.script((request, connection) -> ended.add(connection.awaitEnd(10_000)));
    assertThat(bed.get("/").status()).isEqualTo(504);

    replica.script((request, connection) -> {
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
      ended.add(connection.awaitEnd(10_000));
    });
    assertThat(bed.get("/").complete()).isFalse();
    await().until(() -> ended.size() == 2);
    assertThat(ended).containsExactly(true, true);
  }

  @Test
  void largeBodiesAreStreamed() {
    FakeReplica replica = bed.replicas(1).getFirst();
    replica.script((request, connection) -> connection.answer(200, "all read"));

    RawClient.Answer answer =
        bed.send(
            "POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 2000000\r\n\r\n"
                + "x".repeat(2_000_000));

    assertThat(answer.body()).isEqualTo("all read");
    assertThat(replica.received().getLast().body()).hasSize(2_000_000);
  }

  @Test
  void slowReaderStopsTheReplica() {
    FakeReplica replica = bed.replicas(1).getFirst();
    int megabytes = 64;
    AtomicInteger sent = new AtomicInteger();
    replica.script((request, connection) -> {
      connection.send(
          "HTTP/1.1 200 OK\r\nContent-Length: " + ((long) megabytes << 20) + "\r\n\r\n");
      for (int i = 0; i < megabytes * 16; i++) {
        connection.send("y".repeat(64 << 10));
        sent.incrementAndGet();
      }
    });
    try (RawClient client = bed.client()) {
      client.send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      await()
          .during(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            int before = sent.get();
            Thread.onSpinWait();
            return before < megabytes * 16 && before == sent.get();
          });
      assertThat(client.read(megabytes << 20)).hasSize(megabytes << 20);
    }
    assertThat(sent).hasValue(megabytes * 16);
  }
}
