package io.fleetserve.cli.command;

import static io.fleetserve.cli.view.Views.plan;
import static io.fleetserve.cli.view.Views.replica;
import static io.fleetserve.cli.view.Views.service;
import static io.fleetserve.cli.view.Views.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.ServiceView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UpdateCommandTest {
  private static final ServiceView ROLLING =
      service(
          ServiceStatus.READY,
          1,
          2,
          2,
          replica(1, 1, ReplicaStatus.READY),
          replica(3, 2, ReplicaStatus.FAILED));

  @TempDir Path home;
  private FakeController controller;

  UpdateCommandTest() {}

  @BeforeEach
  void start() throws IOException {
    Files.writeString(
        home.resolve("new.yaml"), "service: {readiness_probe: /, replicas: 2}\nrun: exec server\n");
    controller =
        FakeController.start(home)
            .json("GET /services", List.of(ROLLING))
            .json("POST /plans", plan(2))
            .json("POST /services/llm/versions", version(2, VersionStatus.PENDING, ""))
            .json("POST /services/llm/rollback", version(2, VersionStatus.PENDING, ""))
            .events("GET /services/llm/watch", "service", ROLLING, "service", ROLLING);
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void followsUntilTheVersionIsActive() {
    controller.json(
        "GET /services/llm/versions",
        List.of(version(2, VersionStatus.ROLLING_OUT, "")),
        List.of(version(1, VersionStatus.RETIRED, ""), version(2, VersionStatus.ACTIVE, "")));

    Call update = Call.serve(home, "update", "llm", "new.yaml", "--mode", "blue_green");

    assertThat(update.exit()).as(update.toString()).isZero();
    assertThat(update.out()).contains("llm v2", "Version 2 serves after");
    assertThat(controller.requests())
        .anyMatch(request -> request.contains("\"mode\":\"blue_green\""));
  }

  @Test
  void failedVersionIsExplainedAndTheOldOneNamed() {
    controller
        .json(
            "GET /services/llm/versions",
            List.of(version(2, VersionStatus.FAILED, "exited with 3")))
        .text(
            "GET /services/llm/replicas/3/logs?follow=false&tail=5", "the model file is corrupt\n");

    Call update = Call.serve(home, "update", "llm", "new.yaml");

    assertThat(update.exit()).isEqualTo(1);
    assertThat(update.err())
        .contains("Version 2 of llm FAILED: exited with 3", "the model file is corrupt")
        .contains("Version 1 keeps serving.");
  }

  @Test
  void supersededVersionFailsTheCommand() {
    controller.json("GET /services/llm/versions", List.of(version(2, VersionStatus.RETIRED, "")));

    Call update = Call.serve(home, "update", "llm", "new.yaml");

    assertThat(update.exit()).isEqualTo(1);
    assertThat(update.err()).contains("replaced by a newer one");
  }

  @Test
  void withoutWaitingTheAcceptedVersionIsPrinted() {
    Call update = Call.serve(home, "update", "llm", "new.yaml", "--no-wait", "-o", "json");

    assertThat(update.exit()).isZero();
    assertThat(Json.MAPPER.readTree(update.out()).get("version").asInt()).isEqualTo(2);
  }

  @Test
  void unknownServiceIsRefusedWithThoseThereAre() {
    Call update = Call.serve(home, "update", "lml", "new.yaml");

    assertThat(update.exit()).isEqualTo(1);
    assertThat(update.err()).contains("no service lml", "There are: llm");
  }

  @Test
  void rollbackFollowsTheNewVersion() {
    controller.json("GET /services/llm/versions", List.of(version(2, VersionStatus.ACTIVE, "")));

    Call rollback = Call.serve(home, "rollback", "llm", "--version", "1");

    assertThat(rollback.exit()).as(rollback.toString()).isZero();
    assertThat(controller.requests()).contains("POST /services/llm/rollback {\"version\":1}");
  }
}
