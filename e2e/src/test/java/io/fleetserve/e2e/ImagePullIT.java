package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.docker.DockerEngine;
import io.fleetserve.testing.docker.RegistryGate;
import io.fleetserve.testing.fleet.Fleet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A replica whose image comes from a registry that gets stuck in the midst of it, and a controller
/// that is killed then. Takes half a minute: with `-Dfleetserve.pulls=true`.
final class ImagePullIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int LAYER_BYTES = 3_000_000;
  private static final String IMAGE = "/pulled/host:1";
  private static final String ATTEMPTS = "label=io.fleetserve.attempt";

  @TempDir Path folder;

  @Test
  void killOfTheControllerDuringAPullDoublesNothingAndLeavesNothing() throws Exception {
    Assumptions.assumeTrue(Boolean.getBoolean("fleetserve.pulls"), "fleetserve.pulls is not true");
    DockerEngine.missing().ifPresent(Assumptions::abort);
    Assumptions.assumeTrue(DockerEngine.hasRegistry(), "no test of pulls: docker-registry");
    try (DockerEngine engine = DockerEngine.start();
        RegistryGate gate = RegistryGate.start(LAYER_BYTES / 2);
        Fleet fleet =
            Fleet.create(Services.ROOT, folder, Services.docker("unix://" + engine.socket(), ""));
        HttpClient client = HttpClient.newHttpClient()) {
      push(engine);
      fleet.must("up", file(gate.address() + IMAGE), "-y", "--no-wait");
      awaitMidst(fleet, gate);

      ProcessHandle.of(fleet.controllerPid()).orElseThrow().destroyForcibly();
      fleet.must("controller", "start");
      awaitMidst(fleet, gate);
      assertThat(engine.docker("ps", "-aq")).isBlank();
      gate.open();

      Services.awaitReady(fleet, "pulled", 1);
      URI url = fleet.url("pulled");
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(url).timeout(LIMIT).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body())
          .isEqualTo("v1");
      assertThat(engine.docker("ps", "-aq", "--filter", ATTEMPTS).lines()).hasSize(1);
      fleet.must("down", "pulled", "-y");
      assertThat(engine.docker("ps", "-aq")).isBlank();
    }
  }

  /// By the replica's reason; the engine tells of progress ten times a second at most, so the last
  /// of it before the stop may be missing.
  private static void awaitMidst(Fleet fleet, RegistryGate gate) {
    Pattern midst =
        Pattern.compile("pulling " + Pattern.quote(gate.address() + IMAGE) + ": [012] of 3 MB");
    fleet.await(
        () -> midst + " in " + fleet.status("pulled"),
        LIMIT,
        () -> midst.matcher(fleet.status("pulled").toString()).find());
  }

  /// An image with a layer that the engine does not have, and that cannot be compressed.
  private void push(DockerEngine engine) throws IOException {
    byte[] noise = new byte[LAYER_BYTES];
    new Random(5).nextBytes(noise);
    Path layer = Files.write(folder.resolve("noise"), noise);
    String image = DockerEngine.REGISTRY + IMAGE;
    engine.docker("create", "--name", "noisy", "skytest/host:1", "true");
    engine.docker("cp", layer.toString(), "noisy:/work/noise");
    engine.docker("commit", "noisy", image);
    engine.docker("rm", "noisy");
    engine.docker("push", image);
    engine.docker("rmi", image);
  }

  private String file(String image) {
    return Services.write(
        folder,
        "pulled",
        """
        name: pulled
        service: {readiness_probe: /, replicas: 1}
        resources: {infra: docker, image_id: 'docker:%s'}
        run: |
        """
                .formatted(image)
            + Services.slowServer(1).indent(2));
  }
}
