package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.loadbalancer.lane.Transport;
import io.fleetserve.testing.replica.FakeReplica;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// Connections of which one direction ended, on every transport: nothing is left behind, and no
/// event loop spins over them.
final class HalfCloseTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: svc\r\n\r\n";

  private static Bed bed(TransportKind way) {
    return new Bed(Bed.SETTINGS, Transport.of(way, 2));
  }

  /// CPU time of all event loops in nanoseconds.
  private static long cpu() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long id : threads.getAllThreadIds()) {
      var info = threads.getThreadInfo(id);
      if (info != null && info.getThreadName().startsWith("lane")) {
        sum += Math.max(0, threads.getThreadCpuTime(id));
      }
    }
    return sum;
  }

  /// Waits for a span in which the event loops are at rest; one that spins never is.
  private static void awaitRest() {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          long before = cpu();
          long start = System.nanoTime();
          new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
          return cpu() - before < (System.nanoTime() - start) / 5;
        });
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void clientThatEndedItsDirectionGetsItsAnswerAtRest(TransportKind way) {
    try (Bed bed = bed(way)) {
      CountDownLatch answer = new CountDownLatch(1);
      FakeReplica replica = bed.replicas(1).getFirst();
      replica.script((request, connection) -> {
        awaitQuietly(answer);
        connection.answer(200, "late");
      });
      try (RawClient client = bed.client()) {
        client.send(GET).endOutput();
        await().until(() -> replica.received().size() == 1);

        awaitRest();
        answer.countDown();

        assertThat(client.answer().body()).isEqualTo("late");
        assertThat(client.awaitEnd()).isTrue();
      }
      await().until(() -> bed.plane.listeners().connections() == 0);
    }
  }

  /// RFC 9112 section 7.1: sizes may begin with zeros.
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void clientThatEndedItsDirectionInsideAStreamGetsTheRestOfIt(TransportKind way) {
    try (Bed bed = bed(way)) {
      CountDownLatch rest = new CountDownLatch(1);
      bed.replicas(1)
          .getFirst()
          .script((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            awaitQuietly(rest);
            connection.send("6\r\n, rest\r\n0\r\n\r\n");
          });
      try (RawClient client = bed.client()) {
        client.send(GET);
        assertThat(client.head()).startsWith("HTTP/1.1 200");
        assertThat(client.read("5\r\nfirst\r\n".length())).isEqualTo("5\r\nfirst\r\n");

        client.endOutput();

        // At once, after 0.1 and after 1 s more.
        assertThat(client.read(3)).isEqualTo("000");
        rest.countDown();
        assertThat(client.readToEnd()).isEqualTo("6\r\n, rest\r\n0\r\n\r\n");
      }
      await().until(() -> bed.plane.listeners().connections() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void clientThatLeavesASilentStreamIsMissedAtOnce(TransportKind way) {
    try (Bed bed = bed(way)) {
      FakeReplica replica = bed.replicas(1).getFirst();
      CountDownLatch left = new CountDownLatch(1);
      replica.script((request, connection) -> {
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
        if (connection.awaitEnd(60_000)) {
          left.countDown();
        }
      });
      try (RawClient client = bed.client()) {
        client.send(GET);
        assertThat(client.head()).startsWith("HTTP/1.1 200");
      }

      awaitQuietly(left);
      await().until(() -> bed.plane.listeners().connections() == 0);
    }
  }

  /// The framing is ours there, and so is the place for the zero.
  @Test
  void streamOfAReplicaThatSpeaksHttp2IsTriedToo() {
    CountDownLatch rest = new CountDownLatch(1);
    try (Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(30)));
        Http2Replica replica =
            Http2Replica.answering((peer, stream) -> {
              peer.headers(stream, false, ":status", "200").data(stream, "first", false).send();
              awaitQuietly(rest);
              peer.data(stream, ", rest", true).send();
            })) {
      bed.routeTo(List.of(replica.endpoint(1)));
      try (RawClient client = bed.client()) {
        client.send(GET);
        assertThat(client.head()).startsWith("HTTP/1.1 200");
        assertThat(client.read(8)).isEqualTo("5\r\nfirst");

        client.endOutput();

        assertThat(client.read(5)).isEqualTo("\r\n000");
        rest.countDown();
        assertThat(client.readToEnd()).isEqualTo("6\r\n, rest\r\n0\r\n\r\n");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void resetOfAHalfClosedConnectionLeavesNothing(TransportKind way) {
    try (Bed bed = bed(way)) {
      FakeReplica replica = bed.replicas(1).getFirst();
      List<Boolean> ended = new CopyOnWriteArrayList<>();
      replica.script((request, connection) -> ended.add(connection.awaitEnd(30_000)));
      for (int i = 1; i <= 10; i++) {
        RawClient client = bed.client().send(GET).endOutput();
        int count = i;
        await().until(() -> replica.received().size() == count);
        client.reset();
      }

      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> ended.size() == 10 && bed.plane.listeners().connections() == 0);
      assertThat(ended).containsOnly(true);
      awaitRest();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void halfClosedConnectionWithoutARequestIsClosed(TransportKind way) {
    try (Bed bed = bed(way)) {
      bed.replicas(1);
      for (String sent : List.of("", "GET / HT", GET.replace("\r\n\r\n", "\r\nContent-Le"))) {
        try (RawClient client = bed.client()) {
          client.send(sent).endOutput();
          assertThat(client.awaitEnd()).isTrue();
        }
      }
      await().until(() -> bed.plane.listeners().connections() == 0);
      awaitRest();
    }
  }

  /// A replica that answers before it has read everything, and ends its direction only.
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void replicaThatEndedItsDirectionEndsTheUpload(TransportKind way) {
    try (Bed bed = bed(way);
        EarlyAnswer replica = new EarlyAnswer()) {
      bed.routeTo(List.of(replica.endpoint()));
      try (RawClient client = bed.client()) {
        client.send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 100000000\r\n\r\nabc");

        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).isEqualTo("too much");
        assertThat(client.awaitEnd()).isTrue();
      }
      await().until(() -> replica.ended() == 1);
      await().until(() -> bed.plane.listeners().connections() == 0);
      awaitRest();
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
