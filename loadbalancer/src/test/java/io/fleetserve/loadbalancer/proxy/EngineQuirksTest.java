package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import io.fleetserve.testing.replica.ReplicaConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a real engine (llama-server) was seen to do, by a double that does exactly so.
@SuppressWarnings("StringConcatToTextBlock")
final class EngineQuirksTest {
  private static final String LOADING =
      "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}";
  private static final String STREAM =
      "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nContent-Type: text/event-stream\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n";
  private static final String CHAT =
      "POST /v1/chat/completions HTTP/1.1\r\nHost: svc\r\nContent-Length: 2\r\n\r\n{}";
  private final Bed bed = new Bed();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  /// One that is asked before its model is loaded takes itself out, and comes back by itself.
  @Test
  void replicaThatStillLoadsIsLeftAndComesBack() {
    List<FakeReplica> replicas = bed.replicas(2);
    AtomicBoolean loaded = new AtomicBoolean();
    replicas
        .getFirst()
        .script((request, connection) -> {
          if (loaded.get()) {
            connection.answer(200, "loaded");
          } else {
            connection.answer(503, LOADING, "Content-Type: application/json");
          }
        });
    int failures = 0;
    for (int i = 0; i < 100; i++) {
      RawClient.Answer answer = bed.send(CHAT);
      if (answer.status() == 503) {
        assertThat(answer.body()).isEqualTo(LOADING);
        failures++;
      }
    }
    assertThat(failures).isBetween(1, 15);

    loaded.set(true);

    await().atMost(Duration.ofSeconds(30)).until(() -> bed.send(CHAT).body().equals("loaded"));
  }

  /// It announces a kept connection with a stream and closes it behind the stream all the same.
  @Test
  void closeBehindAStreamLosesNothing() {
    FakeReplica replica = bed.replicas(1).getFirst();
    replica.script((request, connection) -> {
      if (request.onConnection() % 2 == 1) {
        connection.send(STREAM + chunk("data: [DONE]\n\n") + "0\r\n\r\n");
        connection.close();
      } else {
        connection.answer(200, "blocking", "Keep-Alive: timeout=5, max=100");
      }
    });
    try (RawClient client = bed.client()) {
      for (int i = 0; i < 300; i++) {
        RawClient.Answer answer = client.send(CHAT).answer();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.complete()).isTrue();
      }
    }
    assertThat(replica.received()).hasSize(300);
    assertThat(replica.received().stream().map(ReceivedRequest::onConnection)).containsOnly(1);
  }

  /// SIGTERM with work in flight hangs it: no new connections, no end. A second one ends it at
  /// once.
  @Test
  void replicaThatHangsInItsEndHurtsNobodyElse() throws Exception {
    List<FakeReplica> replicas = bed.replicas(2);
    FakeReplica ending = replicas.getFirst();
    ending.script((request, connection) -> connection.awaitEnd(60_000));
    replicas.getLast().script((request, connection) -> connection.answer(200, "other"));
    AtomicInteger status = new AtomicInteger(-1);
    try (RawClient waiting = bed.client()) {
      while (ending.received().isEmpty()) {
        RawClient one = bed.client().send(CHAT);
        await().until(() -> ending.received().size() + replicas.getLast().received().size() > 0);
        if (ending.received().isEmpty()) {
          assertThat(one.answer().body()).isEqualTo("other");
          one.close();
        } else {
          Thread.ofVirtual().start(() -> status.set(one.answer().status()));
        }
      }
      assertThat(waiting.send(CHAT).answer().body()).isEqualTo("other");

      ending.stopListening();
      bed.routeTo(
          List.of(Bed.endpoint(1, ending, true), Bed.endpoint(2, replicas.getLast(), false)));
      for (int i = 0; i < 50; i++) {
        assertThat(bed.send(CHAT).body()).isEqualTo("other");
      }
      assertThat(status).hasValue(-1);
      ending.kill();

      await().until(() -> status.get() == 502);
    }
  }

  /// A client that leaves frees its slot at once, before a token and between two.
  @Test
  void leavingFreesTheSlot() throws Exception {
    AtomicInteger processing = new AtomicInteger();
    CountDownLatch firstToken = new CountDownLatch(1);
    bed.replicas(1)
        .getFirst()
        .script((request, connection) -> {
          processing.incrementAndGet();
          try {
            generate(connection, request.target().equals("/slow"));
            firstToken.countDown();
            while (!connection.awaitEnd(20)) {
              connection.send(chunk("data: {}\n\n"));
            }
          } finally {
            processing.decrementAndGet();
          }
        });
    RawClient slow = bed.client().send(CHAT.replace("/v1/chat/completions", "/slow"));
    await().until(() -> processing.get() == 1);
    slow.close();
    await().until(() -> processing.get() == 0);
    try (RawClient client = bed.client().send(CHAT)) {
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      assertThat(firstToken.await(30, TimeUnit.SECONDS)).isTrue();
    }

    await().until(() -> processing.get() == 0);
  }

  private static void generate(ReplicaConnection connection, boolean slow) throws IOException {
    if (slow && connection.awaitEnd(60_000)) {
      throw new IOException("cancelled");
    }
    connection.send(STREAM + chunk("data: {}\n\n"));
  }
}
