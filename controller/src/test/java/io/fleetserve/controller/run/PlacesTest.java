package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.provider.Offer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A service over several zones, with a real store and machines that are threads.
final class PlacesTest {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String ONE = "readiness_probe: /health\nreplicas: 1\n";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestFleet fleet;

  @BeforeEach
  void start() throws Exception {
    fleet = new TestFleet(folder.resolve("home"));
    fleet.provider.offers = List.of(offer("a", 1), offer("b", 2), offer("c", 3));
  }

  @AfterEach
  void end() {
    fleet.close();
  }

  @Test
  void aPlaceThatIsSoldOutIsPassedOverInTheSameLaunch() throws Exception {
    fleet.provider.soldOut.add("a");
    fleet.provider.soldOut.add("b");

    fleet.up("llm", ONE);

    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 1);
    ReplicaView replica = fleet.view("llm").replicas().getFirst();
    assertThat(replica.replicaId()).isEqualTo(1);
    assertThat(replica.infra()).isEqualTo("local/home/c");
    assertThat(replica.hourlyPrice()).isEqualTo(3);
    assertThat(fleet.provider.created)
        .extracting(spec -> spec.offer().zone())
        .containsExactly("a", "b", "c");
    assertThat(fleet.provider.created).extracting(spec -> spec.attemptId()).doesNotHaveDuplicates();
  }

  @Test
  void whatWasSoldOutIsRememberedOverARestart() throws Exception {
    fleet.provider.soldOut.add("a");
    fleet.up("llm", ONE);
    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 1);

    fleet.restart();
    fleet.up("other", ONE);

    await().atMost(SOON).until(() -> fleet.view("other").readyReplicas() == 1);
    assertThat(fleet.provider.created)
        .extracting(spec -> spec.offer().zone())
        .containsExactly("a", "b", "b");
  }

  @Test
  void aServiceThatNoPlaceHasRoomForGoesOnTrying() throws Exception {
    fleet.provider.offers = List.of(offer("a", 1));
    fleet.provider.soldOut.add("a");
    fleet.up("llm", ONE);
    await().atMost(SOON).until(() -> fleet.provider.created.size() >= 2);

    fleet.provider.soldOut.clear();

    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 1);
  }

  private static Offer offer(String zone, double price) {
    return new Offer("local", "home", zone, "thread", "1 thread", price, false);
  }
}
