package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Replicas that close kept connections at the worst moment: around the arrival of the next
/// request, without a word. No request that may be repeated fails, and none is executed twice.
final class IdleCloseRaceTest {
  private static final int CLIENTS = 8;
  private static final int REQUESTS = Scale.of(250, 1250);

  @Test
  void nothingIsLostAndNothingIsDoneTwice() throws InterruptedException {
    Map<String, String> wrong = new ConcurrentHashMap<>();
    AtomicInteger lostPosts = new AtomicInteger();
    try (Bed bed = new Bed()) {
      List<FakeReplica> replicas = bed.replicas(2);
      SplittableRandom moments = new SplittableRandom(17);
      replicas.forEach(replica ->
          replica.script((request, connection) -> {
            connection.answer(200, request.target());
            int spins;
            synchronized (moments) {
              spins = moments.nextInt(4) == 0 ? moments.nextInt(20_000) : -1;
            }
            if (spins >= 0) {
              for (int i = 0; i < spins; i++) {
                Thread.onSpinWait();
              }
              connection.close();
            }
          }));
      List<Thread> clients = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        int number = c;
        clients.add(Thread.ofVirtual().start(() -> client(bed, number, wrong, lostPosts)));
      }
      for (Thread client : clients) {
        client.join();
      }

      assertThat(wrong).isEmpty();
      // A replica may close between the last look at a connection and the request on it.
      assertThat(lostPosts.get()).isLessThan(CLIENTS * REQUESTS / 100);
      Map<String, Long> executions =
          replicas.stream()
              .flatMap(replica -> replica.received().stream())
              .collect(Collectors.groupingBy(ReceivedRequest::target, Collectors.counting()));
      assertThat(executions.values()).containsOnly(1L);
      assertThat(executions.size())
          .isBetween(CLIENTS * REQUESTS - lostPosts.get(), CLIENTS * REQUESTS);
    }
  }

  private static void client(
      Bed bed, int number, Map<String, String> wrong, AtomicInteger lostPosts) {
    Function<Integer, String> target = i -> "/" + number + "/" + i;
    RawClient client = bed.client();
    for (int i = 0; i < REQUESTS; i++) {
      boolean post = i % 3 == 0;
      String request =
          post
              ? "POST " + target.apply(i) + " HTTP/1.1\r\nHost: svc\r\nContent-Length: 2\r\n\r\nab"
              : "GET " + target.apply(i) + " HTTP/1.1\r\nHost: svc\r\n\r\n";
      RawClient.Answer answer = client.send(request).answer();
      if (post && answer.status() == 502) {
        lostPosts.incrementAndGet();
      } else if (answer.status() != 200 || !answer.body().equals(target.apply(i))) {
        wrong.put(target.apply(i), answer.toString());
      }
    }
    client.close();
  }
}
