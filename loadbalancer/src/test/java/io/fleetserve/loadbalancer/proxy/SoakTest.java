package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import io.fleetserve.testing.replica.ReplicaConnection;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Many requests with a mix of faults on both sides while every buffer is watched: none is lost,
/// and neither descriptors nor threads stay behind.
@SuppressWarnings("StringConcatToTextBlock")
final class SoakTest {
  private static final int REQUESTS = Scale.of(20_000, 1_000_000);
  private static final int CLIENTS = 16;
  private static final String EVENTS =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

  @Test
  void losesNeitherBuffersNorDescriptors() throws Exception {
    Queue<String> leaks = new ConcurrentLinkedQueue<>();
    ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + records));
    try {
      // Loads classes and opens what stays open, before the first count.
      run(CLIENTS * 20);
      long descriptors = descriptors();
      List<String> threads = threads();

      run(REQUESTS);

      System.gc();
      try (Bed bed = new Bed()) {
        // The detector looks for lost buffers when new ones are made.
        bed.replicas(1);
        for (int i = 0; i < 50; i++) {
          ByteBufAllocator.DEFAULT.directBuffer(64).release();
          assertThat(bed.get("/").status()).isEqualTo(200);
        }
      }
      assertThat(leaks).isEmpty();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> {
            assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 4);
            assertThat(threads())
                .as("were %s", threads)
                .hasSizeLessThanOrEqualTo(threads.size() + 4);
          });
    } finally {
      ByteBufUtil.setLeakListener(null);
      ResourceLeakDetector.setLevel(before);
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  /// Those of the program: the carriers of virtual threads come and go with what these wait for,
  /// and stay for half a minute (`jdk.virtualThreadScheduler`).
  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> !name.startsWith("ForkJoinPool-"))
        .sorted()
        .toList();
  }

  private static void run(int requests) throws InterruptedException {
    AtomicInteger wrong = new AtomicInteger();
    try (Bed bed = new Bed()) {
      bed.rule(rule -> rule.stream(400).hold(3_000, 100));
      SplittableRandom faults = new SplittableRandom(29);
      for (FakeReplica replica : bed.replicas(4)) {
        replica.script((request, to) -> answer(faults, request, to)).forgetful();
      }
      List<Thread> clients = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        SplittableRandom random = new SplittableRandom(c);
        clients.add(Thread.ofVirtual().start(() -> client(bed, requests / CLIENTS, random, wrong)));
      }
      for (Thread client : clients) {
        client.join();
      }
      bed.awaitIdle();
      await().atMost(Duration.ofSeconds(20)).until(() -> bed.plane.listeners().connections() == 0);
    }
    assertThat(wrong).hasValue(0);
  }

  private static void answer(SplittableRandom shared, ReceivedRequest request, ReplicaConnection to)
      throws IOException {
    int dice;
    synchronized (shared) {
      dice = shared.nextInt(1000);
    }
    String body = request.target() + request.body().length();
    if (dice < 2) {
      to.awaitEnd(5_000);
    } else if (dice < 15) {
      to.reset();
    } else if (dice < 30) {
      to.close();
    } else if (dice < 40) {
      to.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf");
      to.close();
    } else if (dice < 50) {
      to.send("rubbish\r\n\r\n");
    } else if (dice < 60) {
      to.answer(200, body);
      to.close();
    } else if (dice < 70) {
      to.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokextra");
    } else if (dice < 80) {
      to.answer(500, "sorry");
    } else if (dice < 300) {
      String chunk = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
      to.send(EVENTS + chunk);
      to.send("0\r\nX-T: 1\r\n\r\n");
    } else {
      to.answer(200, body);
    }
  }

  private static void client(Bed bed, int requests, SplittableRandom random, AtomicInteger wrong) {
    RawClient client = bed.client();
    for (int i = 0; i < requests; i++) {
      String target = "/" + Long.toHexString(random.nextLong());
      int size = random.nextInt(20) == 0 ? random.nextInt(100_000) : 0;
      try {
        client.send(request(target, size, random.nextInt(4)));
        int leaves = random.nextInt(200);
        if (leaves == 0) {
          client.reset();
        } else if (leaves == 1) {
          client.close();
        } else {
          RawClient.Answer answer = client.answer();
          boolean ours = answer.body().equals(target + size) || answer.body().equals("ok");
          if (answer.status() == 200 && answer.complete() && !ours) {
            wrong.incrementAndGet();
          }
          if (answer.complete() && answer.field("connection").isEmpty()) {
            continue;
          }
        }
      } catch (java.io.UncheckedIOException ignored) {
        // Ended under the client: by an answer that broke off, or a refusal.
      }
      client.close();
      client = bed.client();
    }
    client.close();
  }

  private static String request(String target, int size, int kind) {
    if (size == 0) {
      return "GET " + target + " HTTP/1.1\r\nHost: svc\r\n\r\n";
    }
    String head = "PUT " + target + " HTTP/1.1\r\nHost: svc\r\n";
    return switch (kind) {
      case 0 ->
          head
              + "Transfer-Encoding: chunked\r\n\r\n"
              + Integer.toHexString(size)
              + "\r\n"
              + "x".repeat(size)
              + "\r\n0\r\n\r\n";
      case 1 -> head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n";
      default -> head + "Content-Length: " + size + "\r\n\r\n" + "x".repeat(size);
    };
  }
}
