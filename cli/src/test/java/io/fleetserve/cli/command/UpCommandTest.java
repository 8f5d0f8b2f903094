package io.fleetserve.cli.command;

import static io.fleetserve.cli.view.Views.plan;
import static io.fleetserve.cli.view.Views.replica;
import static io.fleetserve.cli.view.Views.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.SpecProblem;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.Problem;
import io.fleetserve.api.wire.ServiceView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UpCommandTest {
  private static final String YAML =
      """
      name: llm
      service:
        readiness_probe: /health
        replicas: 2
      run: exec server
      """;
  private static final ServiceView INIT = service(ServiceStatus.CONTROLLER_INIT, 1, 1, 2);
  private static final ServiceView STARTING =
      service(
          ServiceStatus.REPLICA_INIT,
          1,
          1,
          2,
          replica(1, 1, ReplicaStatus.STARTING),
          replica(2, 1, ReplicaStatus.PROVISIONING));
  private static final ServiceView HALF =
      service(
          ServiceStatus.READY,
          1,
          1,
          2,
          replica(1, 1, ReplicaStatus.READY),
          replica(2, 1, ReplicaStatus.STARTING));

  @TempDir Path home;
  private FakeController controller;
  private ServiceView ready;

  UpCommandTest() {}

  @BeforeEach
  void start() throws IOException {
    Files.writeString(home.resolve("service.yaml"), YAML);
    controller = FakeController.start(home);
    ready =
        service(
            "llm",
            controller.url() + "/service",
            ServiceStatus.READY,
            1,
            1,
            2,
            replica(1, 1, ReplicaStatus.READY),
            replica(2, 1, ReplicaStatus.READY));
    controller.json("POST /plans", plan(1)).json("POST /services", INIT);
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void followsUntilEveryReplicaIsReadyAndPrintsTheUrl() {
    controller.events(
        "GET /services/llm/watch", "service", STARTING, "service", HALF, "service", ready);

    Call up = Call.serve(home, "up");

    assertThat(up.exit()).as(up.toString()).isZero();
    assertThat(up.out().replaceAll("\\d+d \\d+h", "LONG"))
        .startsWith(
            """
            llm v1   2 replicas   local   $0.00/h
              replica 1   STARTING   LONG
              replica 2   PROVISIONING LONG
              replica 1   READY      0.4 s   127.0.0.1:40001
              replica 2   STARTING   LONG
              replica 2   READY      0.4 s   127.0.0.1:40002
            Ready in\
            """)
        .contains("s.  " + ready.endpoint() + "\n")
        .endsWith("  curl " + ready.endpoint() + "/\n");
    assertThat(up.err()).isEmpty();
  }

  @Test
  void sendsTheFileTheFolderAndTheValuesOfOptions() throws IOException {
    Files.writeString(home.resolve("env"), "# mine\nexport A='from file'\nB=2\n");
    controller.events("GET /services/other/watch", "service", ready);
    controller.json("POST /services", service("other", "", ServiceStatus.READY, 1, 1, 0));

    Call up =
        Call.serve(
            home,
            "up",
            "-n",
            "other",
            "--env-file",
            "env",
            "--env",
            "A=won",
            "--env",
            "FROM_CALLER",
            "--secret",
            "TOKEN=hush",
            "--no-wait",
            "service.yaml");

    assertThat(up.exit()).as(up.toString()).isZero();
    String body =
        controller.requests().stream()
            .filter(request -> request.startsWith("POST /services "))
            .findFirst()
            .orElseThrow()
            .substring("POST /services ".length());
    var request = Json.MAPPER.readTree(body);
    assertThat(request.at("/name").asString()).isEqualTo("other");
    assertThat(request.at("/source/yaml").asString()).isEqualTo(YAML);
    assertThat(request.at("/source/fileName").asString()).isEqualTo("service.yaml");
    assertThat(request.at("/source/baseFolder").asString()).isEqualTo(home.toString());
    assertThat(request.at("/source/envs").toString())
        .contains("\"A\":\"won\"", "\"B\":\"2\"", "\"FROM_CALLER\":\"caller's value\"");
    assertThat(request.at("/source/secrets/TOKEN").asString()).isEqualTo("hush");
    assertThat(up.out() + up.err()).doesNotContain("hush");
  }

  @Test
  void failedServiceIsReportedWithStatusReasonAndLastLines() {
    ServiceView failed =
        service(ServiceStatus.FAILED, 1, 1, 2, replica(1, 1, ReplicaStatus.FAILED));
    controller
        .events("GET /services/llm/watch", "service", STARTING, "service", failed)
        .text("GET /services/llm/replicas/1/logs?follow=false&tail=5", "no such weights\n");

    Call up = Call.serve(home, "up");

    assertThat(up.exit()).isEqualTo(1);
    assertThat(up.err())
        .contains("llm FAILED: version 1 failed", "replica 1   FAILED   exited with 7")
        .contains("no such weights", "serve down llm");
  }

  @Test
  void serviceWithoutReplicasIsDoneAtOnceAndNotWoken() {
    ServiceView asleep = service("llm", controller.url(), ServiceStatus.NO_REPLICA, 1, 1, 0);
    controller.events("GET /services/llm/watch", "service", asleep);

    Call up = Call.serve(home, "up");

    assertThat(up.exit()).isZero();
    assertThat(up.out()).contains("no replica until the first request", controller.url());
    assertThat(up.out()).doesNotContain("curl");
  }

  @Test
  void partlyReadyServiceIsDoneAndTheFailureIsTold() {
    ServiceView partly =
        service(
            "llm",
            controller.url(),
            ServiceStatus.READY,
            1,
            1,
            2,
            replica(1, 1, ReplicaStatus.READY),
            replica(2, 1, ReplicaStatus.FAILED));
    controller.events("GET /services/llm/watch", "service", partly);

    Call up = Call.serve(home, "up");

    assertThat(up.exit()).isZero();
    assertThat(up.out()).contains("1 of 2 replicas ready");
    assertThat(up.err()).contains("exited with 7");
  }

  @Test
  void brokenStreamIsTakenUpAgain() {
    controller
        .events("GET /services/llm/watch", "service", STARTING)
        .events("GET /services/llm/watch", "heartbeat", "")
        .events("GET /services/llm/watch", "service", ready);

    assertThat(Call.serve(home, "up").exit()).isZero();
  }

  @Test
  void jsonModePrintsOneObjectAndProgressElsewhere() {
    controller.events("GET /services/llm/watch", "service", STARTING, "service", ready);

    Call up = Call.serve(home, "up", "-o", "json");

    assertThat(Json.MAPPER.readValue(up.out(), ServiceView.class)).isEqualTo(ready);
    assertThat(up.err()).contains("replica 2   READY");
  }

  @Test
  void existingServiceIsRefusedWithTheWayOut() {
    String path = "POST /plans";
    try (FakeController other = FakeController.start(home)) {
      other.problem(
          path,
          new Problem("/problems/service-exists", "Service exists", 409, "exists", List.of()));
      other.json(path, plan(2));

      Call refused = Call.serve(home, "up");
      Call planned = Call.serve(home, "up");

      for (Call call : List.of(refused, planned)) {
        assertThat(call.exit()).isEqualTo(1);
        assertThat(call.err()).contains("There is a service llm already", "serve update llm FILE");
      }
    }
  }

  @Test
  void refusedFilePrintsEveryErrorOnALineAndExitsWithTwo() {
    try (FakeController strict = FakeController.start(home)) {
      strict.problem(
          "POST /plans",
          new Problem(
              "/problems/invalid-service-file",
              "Invalid service file",
              400,
              "2 errors",
              List.of(
                  new SpecProblem("service.yaml", 3, 1, "num_nodes", "2 (expected: 1)"),
                  new SpecProblem("service.yaml", 4, 1, "run", "is missing"))));

      Call up = Call.serve(home, "up");

      assertThat(up.exit()).isEqualTo(2);
      assertThat(up.err())
          .isEqualTo(
              """
              service.yaml:3:1: num_nodes: 2 (expected: 1)
              service.yaml:4:1: run: is missing
              """);
    }
  }

  @Test
  void wrongFileIsRefusedBeforeTheControllerIsAsked() throws IOException {
    Files.writeString(home.resolve("bad.yaml"), "name: x\nservice:\n  replicas: -2\nrun: x\n");

    Call up = Call.serve(home, "up", "bad.yaml");

    assertThat(up.exit()).isEqualTo(2);
    assertThat(up.err()).contains("bad.yaml:3:").contains("-2");
    assertThat(controller.requests()).isEmpty();
  }

  @Test
  void personWhoSaysNoStartsNothing() {
    Call up = Call.atTerminal(home, "n\n", "up");

    assertThat(up.exit()).isEqualTo(1);
    assertThat(up.out()).contains("Start it? [Y/n]");
    assertThat(controller.requests()).noneMatch(request -> request.startsWith("POST /services"));
  }

  @Test
  void terminalShowsReplicasInPlace() {
    controller.events("GET /services/llm/watch", "service", STARTING, "service", ready);

    Call up = Call.atTerminal(home, "\n", "up");

    assertThat(up.exit()).as(up.toString()).isZero();
    assertThat(up.out()).contains("\033[2A\r\033[J  replica 1   READY");
  }
}
