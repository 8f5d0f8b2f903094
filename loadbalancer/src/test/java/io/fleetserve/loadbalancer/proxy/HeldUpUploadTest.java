package io.fleetserve.loadbalancer.proxy;

import static org.awaitility.Awaitility.await;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.wire.ReplicaEndpoint;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that leave inside an upload which a server does not read, so that nothing is read from
/// them either.
final class HeldUpUploadTest {
  private static final int SIZE = 64 << 20;
  private static final String PIECE = "x".repeat(1 << 16);

  private final Bed bed = new Bed(Bed.unhurried());
  private final CountDownLatch reads = new CountDownLatch(1);

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = NetworkMode.class,
      names = {"DIRECT", "TUNNEL"})
  void leavingByAResetCancelsTheRequest(NetworkMode network) throws Exception {
    try (SlowReader server = new SlowReader(reads);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      publish(network, server.port());
      RawClient client =
          bed.client().send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: " + SIZE + "\r\n\r\n");
      AtomicLong pieces = new AtomicLong();
      threads.execute(() -> send(client, pieces));
      await().until(() -> server.connections() == 1);
      awaitStandstill(pieces);

      client.reset();

      bed.awaitIdle();
    }
  }

  private void publish(NetworkMode network, int port) {
    ReplicaEndpoint plain = new ReplicaEndpoint(1, 1, 1, "127.0.0.1", port, null, false);
    ReplicaEndpoint endpoint =
        network == NetworkMode.DIRECT ? plain : bed.agents.behind(network, plain, port);
    bed.publish(
        List.of(
            network == NetworkMode.DIRECT
                ? bed.serviceRoute(List.of(endpoint))
                : TunnelAgents.with(bed.serviceRoute(List.of(endpoint)), List.of(endpoint))));
  }

  private static void send(RawClient client, AtomicLong pieces) {
    try {
      for (int sent = 0; sent < SIZE; sent += PIECE.length()) {
        client.send(PIECE);
        pieces.incrementAndGet();
      }
    } catch (UncheckedIOException left) {
      // As it was to.
    }
  }

  /// Until every buffer on the way is full.
  private static void awaitStandstill(AtomicLong progress) {
    AtomicLong last = new AtomicLong(-1);
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(300))
        .until(() -> last.getAndSet(progress.get()) == progress.get());
  }
}
