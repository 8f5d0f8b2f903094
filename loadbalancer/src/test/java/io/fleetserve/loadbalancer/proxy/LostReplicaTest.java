package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.testing.replica.FakeReplica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Replicas that die or stop in the middle of their work.
@SuppressWarnings("StringConcatToTextBlock")
final class LostReplicaTest {
  private static final int STREAMS = 200;
  private static final String STREAM =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static final String LAST = chunk("data: [DONE]\n\n") + "0\r\n\r\n";

  private static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  /// One of four replicas is killed under 200 streams: its own break visibly, all others end well,
  /// and no new request fails.
  @Test
  void onlyTheStreamsOfAKilledReplicaBreak() throws InterruptedException {
    CountDownLatch rest = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    List<Stream> streams = new CopyOnWriteArrayList<>();
    try (Bed bed = new Bed()) {
      List<FakeReplica> replicas = bed.replicas(4);
      replicas.forEach(replica ->
          replica.script((request, connection) -> {
            if (!request.target().equals("/stream")) {
              connection.answer(200, replica.name());
              return;
            }
            connection.send(STREAM + first(replica.name()));
            awaitQuietly(rest);
            connection.send(LAST);
          }));
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        clients.add(Thread.ofVirtual().start(() -> streams.add(stream(bed, begun))));
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> begun.get() == STREAMS);

      replicas.getFirst().kill();
      for (int i = 0; i < 200; i++) {
        assertThat(bed.get("/new").status()).isEqualTo(200);
      }
      rest.countDown();
      for (Thread client : clients) {
        client.join();
      }

      Map<Boolean, List<Stream>> byEnd =
          streams.stream().collect(Collectors.partitioningBy(each -> each.rest.equals(LAST)));
      assertThat(byEnd.get(false)).hasSize(replicas.getFirst().received().size()).isNotEmpty();
      assertThat(byEnd.get(false)).containsOnly(new Stream(first("r1"), ""));
      assertThat(byEnd.get(true)).noneMatch(each -> each.first.equals(first("r1")));
    }
  }

  /// A stream as a client saw it: the rest is empty when it broke off.
  private record Stream(String first, String rest) {}

  private static String first(String name) {
    return chunk("data: " + name + "\n\n");
  }

  private static Stream stream(Bed bed, AtomicInteger begun) {
    try (RawClient client = bed.client().send("GET /stream HTTP/1.1\r\nHost: svc\r\n\r\n")) {
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      String first = client.read(first("r1").length());
      begun.incrementAndGet();
      return new Stream(first, client.read(LAST.length()));
    }
  }

  /// A process that is stopped still accepts connections: the kernel does it. Only silence tells.
  @Test
  void stoppedReplicaIsLeftAndComesBack() throws Exception {
    try (StoppableReplica stoppable = StoppableReplica.start();
        Bed bed = new Bed()) {
      bed.rule(rule -> rule.stream(300));
      FakeReplica other = bed.replica("other");
      bed.routeTo(List.of(stoppable.endpoint(1), Bed.endpoint(2, other, false)));
      await().until(() -> bed.get("/").body().equals("stoppable"));

      stoppable.signal("STOP");
      int failures = 0;
      for (int i = 0; i < 100; i++) {
        RawClient.Answer answer = bed.get("/");
        if (answer.status() != 200) {
          assertThat(answer.status()).isEqualTo(504);
          failures++;
        }
      }
      stoppable.signal("CONT");

      // Five in a row eject it; after that, single trials.
      assertThat(failures).isBetween(1, 15);
      await().atMost(Duration.ofSeconds(30)).until(() -> bed.get("/").body().equals("stoppable"));
    }
  }

  /// RFC 9110 section 9.2.2: the replica has seen a part of the request.
  @Test
  void requestThatIsResetInsideItsBodyIsNotSentAgain() {
    try (EarlyAnswer replica = new EarlyAnswer(true);
        Bed bed = new Bed()) {
      bed.routeTo(List.of(replica.endpoint()));
      try (RawClient client = bed.client()) {
        client.send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 100\r\n\r\nabc");

        assertThat(client.answer().status()).isEqualTo(502);
      }
      assertThat(bed.send("POST / HTTP/1.1\r\nHost: svc\r\n\r\n").status()).isEqualTo(502);
      assertThat(replica.accepted()).isEqualTo(2);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
