package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.testing.replica.FakeReplica;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Clients that leave before their answer, in whole or with one direction.
final class ClientLeavesTest {
  private static final String GET = "GET / HTTP/1.%s\r\nHost: svc\r\n\r\n";
  private final Bed bed = new Bed();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private static void leave(RawClient client, String how) {
    switch (how) {
      case "fin" -> client.close();
      case "rst" -> client.reset();
      case "half" -> client.endOutput();
      default -> {
        client.endOutput();
        client.close();
      }
    }
  }

  /// An HTTP/1.0 client cannot be asked whether it still reads: its end of the connection counts.
  @ParameterizedTest
  @CsvSource({"1, fin", "1, rst", "1, half then fin", "0, fin", "0, rst", "0, half"})
  void leavingCancelsTheWorkOfTheReplica(String minor, String how) {
    FakeReplica replica = bed.replicas(1).getFirst();
    List<Boolean> ended = new CopyOnWriteArrayList<>();
    replica.script((request, connection) -> ended.add(connection.awaitEnd(10_000)));
    try (RawClient client = bed.client()) {
      client.send(GET.formatted(minor));
      await().until(() -> replica.received().size() == 1);

      leave(client, how);

      await().until(() -> ended.size() == 1);
      assertThat(ended).containsExactly(true);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, fin", "1, rst", "0, fin", "0, rst", "0, half"})
  void leavingEndsTheWaitForAReplica(String minor, String how) {
    bed.route(List.of());
    try (RawClient client = bed.client()) {
      client.send(GET.formatted(minor));
      await().until(() -> bed.service().held().get() == 1);

      leave(client, how);

      await().until(() -> bed.service().held().get() == 0);
    }
  }

  /// RFC 9112 section 9.6 names the half-close of a client as a possibility.
  @Test
  void clientThatOnlyEndsItsOutputGetsItsAnswer() {
    FakeReplica replica = bed.replicas(1).getFirst();
    replica.script((request, connection) -> {
      if (!connection.awaitEnd(500)) {
        connection.answer(200, "late");
      }
    });
    try (RawClient client = bed.client()) {
      client.send(GET.formatted("1")).endOutput();

      assertThat(client.answer().body()).isEqualTo("late");
    }
  }

  /// A client may end its direction first and go away while it waits.
  @Test
  void clientThatLeavesLongAfterItEndedItsOutputIsFound() {
    FakeReplica replica = bed.replicas(1).getFirst();
    CountDownLatch ended = new CountDownLatch(1);
    replica.script((request, connection) -> {
      if (connection.awaitEnd(10_000)) {
        ended.countDown();
      }
    });
    RawClient client = bed.client().send(GET.formatted("1")).endOutput();
    assertThat(client.head()).startsWith("HTTP/1.1 100");
    assertThat(client.head()).startsWith("HTTP/1.1 100");
    client.close();

    await().until(() -> ended.getCount() == 0);
  }

  @Test
  void clientThatLeavesInsideAnAnswerCancelsItsRest() {
    FakeReplica replica = bed.replicas(1).getFirst();
    CountDownLatch ended = new CountDownLatch(1);
    replica.script((request, connection) -> {
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      try {
        while (!connection.awaitEnd(50)) {
          connection.send("1\r\na\r\n");
        }
      } finally {
        ended.countDown();
      }
    });
    RawClient client = bed.client().send(GET.formatted("1"));
    assertThat(client.head()).startsWith("HTTP/1.1 200");
    client.close();

    await().until(() -> ended.getCount() == 0);
  }
}
