package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import io.fleetserve.testing.replica.ReplicaConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random faults on both sides, with a seed: whatever happens, every counter is 0 at the end, every
/// client is answered or told, and no answer reaches the wrong request.
final class RandomFaultsTest {
  private static final int CLIENTS = 12;
  private static final int REQUESTS = 40;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void countersReturnToZero(long seed) throws InterruptedException {
    try (Bed bed = new Bed()) {
      bed.rule(rule -> rule.stream(400).hold(3_000, 100).retry(3, seed % 2 == 0));
      List<FakeReplica> replicas = bed.replicas(3);
      Random faults = new Random(seed);
      replicas.forEach(replica -> replica.script((request, to) -> misbehave(faults, request, to)));
      AtomicInteger wrong = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        Random random = new Random(seed * 100 + c);
        threads.add(Thread.ofVirtual().start(() -> client(bed, random, wrong)));
      }
      for (Thread thread : threads) {
        thread.join();
      }

      assertThat(wrong).as("seed %d", seed).hasValue(0);
      bed.awaitIdle();
      assertThat(bed.totals().arrivals()).isPositive();
    }
  }

  private static void misbehave(Random shared, ReceivedRequest request, ReplicaConnection to)
      throws IOException {
    int dice;
    synchronized (shared) {
      dice = shared.nextInt(12);
    }
    String body = request.target() + request.body().length();
    switch (dice) {
      case 0 -> to.reset();
      case 1 -> to.close();
      case 2 -> {
        to.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf");
        to.close();
      }
      case 3 -> to.send("rubbish\r\n\r\n");
      case 4 -> to.awaitEnd(2_000);
      case 5 -> {
        to.answer(200, body, "Connection: close");
        to.close();
      }
      case 6 -> to.answer(500, "sorry");
      case 7 -> {
        to.answer(200, body);
        to.close();
      }
      default ->
          to.send(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + Integer.toHexString(body.length())
                  + "\r\n"
                  + body
                  + "\r\n0\r\n\r\n");
    }
  }

  private static void client(Bed bed, Random random, AtomicInteger wrong) {
    for (int i = 0; i < REQUESTS; i++) {
      String target = "/" + Long.toHexString(random.nextLong());
      int size = random.nextInt(4) == 0 ? random.nextInt(200_000) : 0;
      try (RawClient client = bed.client()) {
        client.trySend(
            size == 0
                ? "GET " + target + " HTTP/1.1\r\nHost: svc\r\n\r\n"
                : "PUT "
                    + target
                    + " HTTP/1.1\r\nHost: svc\r\nContent-Length: "
                    + size
                    + "\r\n\r\n"
                    + "x".repeat(size));
        switch (random.nextInt(8)) {
          case 0 -> client.reset();
          case 1 -> client.endOutput();
          case 2 -> {
            continue;
          }
          default -> {
            RawClient.Answer answer = client.answer();
            boolean ours = answer.body().equals(target + size);
            if (answer.complete() && answer.status() == 200 && !ours) {
              wrong.incrementAndGet();
            }
            if (answer.status() == 0) {
              wrong.incrementAndGet();
            }
          }
        }
      } catch (java.io.UncheckedIOException ignored) {
        // The connection was ended under the client: that is one way to be told.
      }
    }
  }
}
