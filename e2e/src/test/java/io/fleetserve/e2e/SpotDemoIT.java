package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example on spot machines: the cloud takes some back, and nobody who asks notices.
final class SpotDemoIT {
  private static final Path DEMO = Services.ROOT.resolve("examples/spot-demo");

  /// A round of losses through all zones takes 90 s; in the second one there are two for sure.
  private static final Duration ROUNDS = Duration.ofSeconds(180);

  @TempDir Path folder;

  @Test
  void machinesThatAreTakenBackFailNoRequestAndDecisionsCanBeMadeAgain() throws Exception {
    try (Fleet fleet =
        Fleet.create(Services.ROOT, folder, Files.readString(DEMO.resolve("cloud.yml")))) {
      fleet.must("up", DEMO.resolve("service.yaml").toString());
      URI url = fleet.url("spot-demo");

      try (Load load = Load.start(2, () -> HttpRequest.newBuilder(url).build())) {
        fleet.await("two machines taken back", ROUNDS, () -> noticed(fleet) >= 2);
        int before = load.count();
        fleet.await("50 more answers", Services.SOON, () -> load.count() > before + 50);

        assertThat(load.stop(answer -> answer.status() == 200)).isEmpty();
      }
      assertThat(fleet.must("explain", "spot-demo", "--replay").out())
          .contains("mix  ", "spot in sim/", "replay: the same")
          .doesNotContain("replay: different");
      fleet.must("down", "spot-demo", "-y");
      assertThat(fleet.processes()).noneMatch(process -> process.commandLine().contains("/sim/"));
    }
  }

  private static long noticed(Fleet fleet) {
    return fleet
        .json("events", "spot-demo")
        .valueStream()
        .filter(event -> event.get("type").asString().equals("ReplicaNoticed"))
        .count();
  }
}
