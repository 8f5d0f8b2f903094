package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.testing.replica.FakeReplica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Many clients that send a byte now and then, in a head, in a body, or in chunks: each is sent
/// away by its own clock, while all others are served as ever.
final class SlowClientsTest {
  private static final int SLOW = 100;
  private static final int PACE_MILLIS = 50;
  private final Bed bed = new Bed();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  /// Sends a piece after the other until there is an answer or an end.
  private static int dribble(RawClient client, String start, String piece) {
    client.trySend(start);
    while (!client.hasNews(PACE_MILLIS)) {
      client.trySend(piece);
    }
    return client.answer().status();
  }

  private void sendsAway(String start, String piece) throws InterruptedException {
    List<FakeReplica> replicas = bed.replicas(2);
    Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
    List<Thread> slow = new ArrayList<>();
    for (int i = 0; i < SLOW; i++) {
      slow.add(
          Thread.ofVirtual()
              .start(() -> {
                try (RawClient client = bed.client()) {
                  statuses.add(dribble(client, start, piece));
                }
              }));
    }
    await().until(() -> bed.plane.listeners().connections() > SLOW / 2);
    while (slow.stream().anyMatch(Thread::isAlive)) {
      assertThat(bed.get("/").status()).isEqualTo(200);
    }

    assertThat(statuses).hasSize(SLOW).containsOnly(408);
    await().atMost(Duration.ofSeconds(20)).until(() -> bed.plane.listeners().connections() == 0);
    assertThat(replicas.stream().flatMap(each -> each.received().stream()))
        .allMatch(request -> request.method().equals("GET"));
  }

  @Test
  void slowHeads() throws InterruptedException {
    sendsAway("GET / HTTP/1.1\r\nHost: svc\r\n", "X: 1\r\n");
  }

  @Test
  void slowBodies() throws InterruptedException {
    sendsAway("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 100000\r\n\r\n", "x");
  }

  @Test
  void slowChunks() throws InterruptedException {
    sendsAway("POST / HTTP/1.1\r\nHost: svc\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n");
  }
}
