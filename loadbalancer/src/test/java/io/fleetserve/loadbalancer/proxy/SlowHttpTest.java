package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fleetserve.testing.replica.FakeReplica;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The slowhttptest program against the proxy, nightly: slow heads, slow bodies, slow readers and
/// ranges. Whoever is not slow is served all the while.
final class SlowHttpTest {
  private static final String BIG = "y".repeat(2 << 20);

  @ParameterizedTest
  @ValueSource(strings = {"-H", "-B", "-R", "-X"})
  void othersAreServed(String mode) throws InterruptedException {
    assumeTrue(Scale.isNightly(), "only nightly");
    Tools.need("slowhttptest");
    try (Bed bed = new Bed()) {
      for (FakeReplica replica : bed.replicas(2)) {
        replica
            .script(
                (request, to) -> to.answer(200, request.target().equals("/fast") ? "fast" : BIG))
            .forgetful();
      }
      AtomicInteger exit = new AtomicInteger(-1);
      String url = "http://127.0.0.1:" + bed.port + "/slow";
      Thread attack =
          Thread.ofVirtual()
              .start(() ->
                  exit.set(
                      Tools.exit(
                          "slowhttptest",
                          mode,
                          "-c",
                          "500",
                          "-r",
                          "200",
                          "-i",
                          "1",
                          "-l",
                          "15",
                          "-x",
                          "10",
                          "-u",
                          url)));
      int served = 0;
      while (attack.isAlive()) {
        assertThat(bed.get("/fast").status()).isEqualTo(200);
        served++;
      }
      attack.join();

      assertThat(exit.get()).isNotNegative();
      assertThat(served).isPositive();
      await().atMost(Duration.ofSeconds(40)).until(() -> bed.plane.listeners().connections() == 0);
    }
  }
}
