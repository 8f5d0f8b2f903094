package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.net.Network;
import io.fleetserve.loadbalancer.http.Forwarding;
import io.fleetserve.loadbalancer.http.HeadLimits;
import io.fleetserve.loadbalancer.settings.ClientLimits;
import io.fleetserve.testing.replica.FakeReplica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What one client, and all clients of one port, may take.
final class ClientLimitsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: svc\r\n\r\n";

  private static Bed bed(ClientLimits limits, Forwarding forwarding) {
    return new Bed(Bed.with(limits, HeadLimits.DEFAULT, forwarding, List.of()));
  }

  @Test
  void aPortAtItsLimitPausesAndGoesOn() {
    try (Bed bed = bed(new ClientLimits(5, 0, 0), Forwarding.DEFAULT)) {
      bed.replicas(1);
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        clients.add(bed.client().send(GET));
        assertThat(clients.getLast().answer().status()).isEqualTo(200);
      }
      await().until(() -> bed.plane.listeners().pauses() > 0);

      try (RawClient waiting = bed.client().send(GET)) {
        clients.forEach(RawClient::close);

        assertThat(waiting.answer().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void anAddressBeyondItsLimitIsClosedAtOnce() {
    try (Bed bed = bed(new ClientLimits(0, 2, 0), Forwarding.DEFAULT)) {
      bed.replicas(1);
      try (RawClient one = bed.client().send(GET);
          RawClient two = bed.client().send(GET)) {
        assertThat(one.answer().status()).isEqualTo(200);
        assertThat(two.answer().status()).isEqualTo(200);
        try (RawClient three = bed.client()) {
          assertThat(three.awaitEnd()).isTrue();
        }
        assertThat(bed.plane.listeners().excess()).isEqualTo(1);
        assertThat(one.send(GET).answer().status()).isEqualTo(200);
      }

      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(bed.get("/").status()).isEqualTo(200));
    }
  }

  @Test
  void aTrustedProxyMaySpeakForManyClients() {
    Forwarding trusting = new Forwarding(List.of(Network.parse("127.0.0.1")), true, false);
    try (Bed bed = bed(new ClientLimits(0, 1, 0), trusting)) {
      bed.replicas(1);
      try (RawClient one = bed.client().send(GET);
          RawClient two = bed.client().send(GET)) {
        assertThat(one.answer().status()).isEqualTo(200);
        assertThat(two.answer().status()).isEqualTo(200);
      }
    }
  }

  /// One byte now and then is no silence, but no body either.
  @Test
  void aBodyThatOnlyTricklesIsRefused() {
    try (Bed bed = bed(new ClientLimits(0, 0, 100_000), Forwarding.DEFAULT)) {
      bed.replicas(1);
      try (RawClient client = bed.client()) {
        client.send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 100000\r\n\r\n");
        Thread trickle =
            Thread.ofVirtual()
                .start(() -> {
                  // The pace of an attacker, until it is cut off.
                  while (client.trySend("x") != null && !Thread.currentThread().isInterrupted()) {
                    java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
                  }
                });

        assertThat(client.answer().status()).isEqualTo(408);
        trickle.interrupt();
      }
    }
  }

  @Test
  void anHttp2BodyThatOnlyTricklesIsRefused() {
    try (Bed bed = bed(new ClientLimits(0, 0, 100_000), Forwarding.DEFAULT)) {
      bed.replicas(1);
      try (Http2Peer client = Http2Peer.connect(bed.port)) {
        // Settings are exchanged from here on: only one thread writes.
        assertThat(client.get(1, "/").send().answer(1).status).isEqualTo(200);
        client.request(3, "POST", "/", false, "content-length", "100000").send();
        Thread trickle =
            Thread.ofVirtual()
                .start(() -> {
                  // The pace of an attacker, until it is told.
                  try {
                    while (!Thread.currentThread().isInterrupted()) {
                      client.data(3, "x", false).send();
                      java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
                    }
                  } catch (UncheckedIOException closed) {
                    // The test is over.
                  }
                });

        assertThat(client.answer(3).status).isEqualTo(408);
        trickle.interrupt();
      }
    }
  }

  /// Answers that nobody reads stay at the replica, not in memory.
  @Test
  void readersThatDoNotReadCostLittleMemory() {
    byte[] piece = new byte[64 << 10];
    int readers = 100;
    long whole = 32L << 20;
    AtomicLong sent = new AtomicLong();
    try (Bed bed = new Bed()) {
      FakeReplica replica = bed.replicas(1).getFirst();
      String text = new String(piece, java.nio.charset.StandardCharsets.ISO_8859_1);
      replica.script((request, connection) -> {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + whole + "\r\n\r\n");
        try {
          for (long done = 0; done < whole; done += piece.length) {
            connection.send(text);
            sent.addAndGet(piece.length);
          }
        } catch (IOException gone) {
          connection.close();
        }
      });
      long before = bed.plane.bufferBytes();
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < readers; i++) {
        clients.add(bed.client().send(GET));
      }

      await()
          .during(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(30))
          .until(new Unchanging(sent));

      assertThat(sent.get()).as("the replica is paused").isLessThan(readers * whole);
      assertThat(bed.plane.bufferBytes() - before).isLessThan((readers * 512L) << 10);
      clients.forEach(RawClient::reset);
    }
  }

  /// Whether a count is the same as when it was last asked.
  private static final class Unchanging implements java.util.concurrent.Callable<Boolean> {
    private final AtomicLong count;
    private long last = -1;

    Unchanging(AtomicLong count) {
      this.count = count;
    }

    @Override
    public Boolean call() {
      long now = count.get();
      boolean same = now == last && now > 0;
      last = now;
      return same;
    }
  }
}
