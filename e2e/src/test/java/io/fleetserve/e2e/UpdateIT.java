package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import io.fleetserve.testing.fleet.Run;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Changes of mind: update, rollback, and versions that never work.
final class UpdateIT {
  private static final String SERVICE = "readiness_probe: /health\nreplicas: 2\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"rolling", "blue_green"})
  void updateUnderLoadFailsNoRequestAndReplacesEveryReplica(String mode) {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", Services.tinyLlm(folder, "llm", SERVICE));
      URI url = fleet.url("llm");

      try (Load load = Load.start(4, () -> Chat.request(url, Chat.FRANCE, true))) {
        fleet.must("update", "llm", changed(), "--mode", mode, "-y");
        int before = load.count();
        fleet.await("answers of the new version", Services.SOON, () -> load.count() > before + 20);

        assertThat(load.stop(Chat::isRight)).isEmpty();
      }
      assertThat(fleet.ready("llm"))
          .hasSize(2)
          .allMatch(replica -> replica.get("version").asInt() == 2);
      Services.downLeavesNothing(fleet, "llm");
    }
  }

  @Test
  void streamOfAnOldReplicaIsFinishedBeforeItGoes() throws Exception {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder);
        HttpClient client = HttpClient.newHttpClient()) {
      fleet.must(
          "up",
          Services.of(folder, "slow", "readiness_probe: /\nreplicas: 1\n", Services.slowServer(1)));
      HttpResponse<Stream<String>> stream =
          client.send(
              java.net.http.HttpRequest.newBuilder(fleet.url("slow").resolve("/stream")).build(),
              HttpResponse.BodyHandlers.ofLines());

      fleet.must(
          "update",
          "slow",
          Services.of(folder, "slow", "readiness_probe: /\nreplicas: 1\n", Services.slowServer(2)),
          "-y",
          "--no-wait");
      List<String> lines = stream.body().toList();

      assertThat(lines).hasSize(30).allMatch(line -> line.startsWith("v1 "));
      fleet.await(
          "version 2 alone",
          Services.SOON,
          () -> {
            JsonNode status = fleet.status("slow");
            return status.get("version").asInt() == 2 && status.get("totalReplicas").asInt() == 1;
          });
    }
  }

  @Test
  void versionThatNeverGetsReadyLeavesTheOldOneServingAndSaysWhy() throws Exception {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", Services.tinyLlm(folder, "llm", SERVICE));

      Run update =
          fleet.serve(
              "update",
              "llm",
              Services.of(folder, "llm", SERVICE, "echo the model file is corrupt >&2; exit 3"),
              "-y");

      assertThat(update.exit()).as(update.toString()).isEqualTo(1);
      assertThat(update.out() + update.err())
          .contains("exited with 3", "the model file is corrupt");
      assertThat(fleet.status("llm").get("version").asInt()).isEqualTo(1);
      assertThat(Chat.text(Chat.send(Chat.request(fleet.url("llm"), Chat.FRANCE, false)).body()))
          .contains("Paris");
      Services.awaitReady(fleet, "llm", 2);
    }
  }

  @Test
  void rollbackGoesBackToTheVersionBefore() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must(
          "up",
          Services.of(folder, "slow", "readiness_probe: /\nreplicas: 1\n", Services.slowServer(1)));
      fleet.must(
          "update",
          "slow",
          Services.of(folder, "slow", "readiness_probe: /\nreplicas: 1\n", Services.slowServer(2)),
          "-y");

      fleet.must("rollback", "slow", "-y");

      assertThat(get(fleet.url("slow"))).isEqualTo("v1");
      assertThat(fleet.status("slow").get("version").asInt()).isEqualTo(3);
    }
  }

  @Test
  void changeOfTheServiceSectionAloneRestartsNothing() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", Services.tinyLlm(folder, "llm", SERVICE));
      List<Long> before = pids(fleet);

      fleet.must(
          "update",
          "llm",
          Services.tinyLlm(folder, "llm", SERVICE + "load_balancing_policy: round_robin\n"),
          "-y");

      assertThat(pids(fleet)).isEqualTo(before);
      assertThat(fleet.status("llm").get("version").asInt()).isEqualTo(2);
      assertThat(fleet.status("llm").get("loadBalancingPolicy").asString())
          .isEqualTo("round_robin");
    }
  }

  private static List<Long> pids(Fleet fleet) {
    return fleet.ready("llm").stream()
        .map(replica -> replica.get("serverPid").asLong())
        .sorted()
        .toList();
  }

  private String changed() {
    return Services.write(
        folder, "llm", read(Services.tinyLlm(folder, "llm", SERVICE)) + "\nenvs: {CHANGED: yes}\n");
  }

  private static String read(String file) {
    try {
      return java.nio.file.Files.readString(Path.of(file));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String get(URI url) {
    try {
      return Chat.send(java.net.http.HttpRequest.newBuilder(url).build()).body();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
