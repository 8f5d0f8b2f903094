package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.testing.replica.FakeReplica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A thousand clients that leave at the first token: each takes the work from its replica, and no
/// counter keeps a trace.
@SuppressWarnings("StringConcatToTextBlock")
final class ManyAbortsTest {
  private static final int CLIENTS = 20;
  private static final int ABORTS = 50;
  private static final String STREAM =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static final String TOKEN = "9\r\ndata: 1\n\n\r\n";

  @Test
  void everyAbortReachesTheReplica() throws InterruptedException {
    AtomicInteger processing = new AtomicInteger();
    AtomicInteger cancelled = new AtomicInteger();
    try (Bed bed = new Bed()) {
      List<FakeReplica> replicas = bed.replicas(3);
      replicas.forEach(replica ->
          replica.script((request, connection) -> {
            processing.incrementAndGet();
            try {
              connection.send(STREAM + TOKEN);
              // The next token tells whether a client that ended its direction is still there.
              while (!connection.awaitEnd(20)) {
                connection.send(TOKEN);
              }
            } finally {
              cancelled.incrementAndGet();
              processing.decrementAndGet();
            }
          }));
      List<Thread> clients = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        boolean byReset = c % 2 == 0;
        clients.add(Thread.ofVirtual().start(() -> abortOften(bed, byReset)));
      }
      for (Thread client : clients) {
        client.join();
      }

      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> processing.get() == 0 && cancelled.get() == CLIENTS * ABORTS);
      bed.awaitIdle();
      assertThat(bed.totals().arrivals()).isEqualTo(CLIENTS * ABORTS);
      await().until(() -> replicas.stream().mapToInt(FakeReplica::openConnections).sum() == 0);
    }
  }

  private static void abortOften(Bed bed, boolean byReset) {
    for (int i = 0; i < ABORTS; i++) {
      try (RawClient client = bed.client()) {
        client.send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 200");
        assertThat(client.read(8)).isEqualTo("9\r\ndata:");
        if (byReset) {
          client.reset();
        }
      }
    }
  }
}
