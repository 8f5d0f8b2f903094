package io.fleetserve.cli.command;

import static io.fleetserve.cli.view.Views.plan;
import static io.fleetserve.cli.view.Views.replica;
import static io.fleetserve.cli.view.Views.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.wire.DecisionView;
import io.fleetserve.api.wire.EventView;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.Problem;
import io.fleetserve.api.wire.ServiceView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// status, logs, events, plan, validate, controller.
final class ReadingCommandsTest {
  private static final ServiceView LLM =
      service(
          ServiceStatus.READY,
          1,
          1,
          2,
          replica(1, 1, ReplicaStatus.READY),
          replica(2, 1, ReplicaStatus.READY),
          replica(3, 1, ReplicaStatus.FAILED));
  private static final ServiceView OTHER =
      service("other", "http://o", ServiceStatus.FAILED, 1, 1, 1);

  @TempDir Path home;
  private FakeController controller;

  ReadingCommandsTest() {}

  @BeforeEach
  void start() {
    controller = FakeController.start(home).json("GET /services", List.of(LLM, OTHER));
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void statusPicksByNameAndPrintsAListAsJson() {
    Call status = Call.serve(home, "status", "other", "-o", "json");

    assertThat(Json.MAPPER.readValue(status.out(), ServiceView[].class)).containsExactly(OTHER);
    assertThat(status.out()).doesNotContain("\033");
  }

  @Test
  void endpointOfOneServiceIsAPlainLine() {
    assertThat(Call.serve(home, "status", "llm", "--endpoint").out())
        .isEqualTo("http://127.0.0.1:30001\n");
    assertThat(Call.serve(home, "status", "--endpoint").exit()).isEqualTo(2);
  }

  @Test
  void unknownServiceIsNamedWithThoseThereAre() {
    Call status = Call.serve(home, "status", "llama");

    assertThat(status.exit()).isEqualTo(1);
    assertThat(status.err()).contains("no service llama", "llm, other");
  }

  @Test
  void logsOfSeveralReplicasSayWhoseALineIs() {
    controller
        .text("GET /services/llm/replicas/1/logs?follow=false", "a\nb\n")
        .text("GET /services/llm/replicas/2/logs?follow=false", "c\n");

    assertThat(Call.serve(home, "logs", "llm").out()).isEqualTo("[1] a\n[1] b\n[2] c\n");
  }

  @Test
  void logsOfOneReplicaAreAsTheyAre() {
    controller.text("GET /services/llm/replicas/3/logs?follow=false&tail=2", "x\ny\n");

    assertThat(Call.serve(home, "logs", "llm", "3", "--tail", "2").out()).isEqualTo("x\ny\n");
  }

  @Test
  void logsAreCopiedIntoFiles() throws IOException {
    controller.text("GET /services/llm/replicas/1/logs?follow=false", "a\n");

    Call logs = Call.serve(home, "logs", "llm", "1", "--sync-down");

    assertThat(logs.exit()).isZero();
    assertThat(Files.readString(home.resolve("llm-logs/replica-1.log"))).isEqualTo("a\n");
  }

  @Test
  void logsOfTheProgramsAreThereToo() {
    controller.text("GET /logs/controller?tail=1", "{}\n");

    assertThat(Call.serve(home, "logs", "--controller", "--tail", "1").out()).isEqualTo("{}\n");
  }

  @Test
  void replicaWithoutLogIsRefusedWithThoseThereAre() {
    assertThat(Call.serve(home, "logs", "llm", "7").err()).contains("no replica 7", "1, 2, 3");
  }

  @Test
  void eventsAreALineEach() {
    controller.json(
        "GET /events?after=0&limit=1000&service=llm",
        List.of(
            new EventView(
                1, 0, "llm", 1, 2, EventView.Severity.ERROR, "ReplicaFailed", "exited with 7")));

    assertThat(Call.serve(home, "events", "llm").out())
        .isEqualTo(
            "1970-01-01 00:00:00  ERROR    llm/2             ReplicaFailed         exited with 7\n");
  }

  @Test
  void decisionsAreExplained() {
    controller.json("GET /services/llm/decisions?limit=10&replay=false", List.of(decision(null)));

    Call explain = Call.serve(home, "explain", "llm");

    assertThat(explain.exit()).isZero();
    assertThat(explain.out())
        .isEqualTo(
            """
            1970-01-01 00:00:00  scaling    3 replicas  (request_rate, v2, #7)
              2 to 3 replicas: busy
                replicas: 2 ready, target 2
            """);
  }

  @Test
  void decisionThatComesOutDifferentlyIsToldAndFails() {
    controller.json(
        "GET /services/llm/decisions?limit=3&replay=true",
        List.of(
            decision(new DecisionView.ReplayView(true, List.of())),
            decision(new DecisionView.ReplayView(false, List.of("target: 3 -> 4")))));

    Call explain = Call.serve(home, "explain", "llm", "-n", "3", "--replay");

    assertThat(explain.exit()).isEqualTo(1);
    assertThat(explain.out())
        .contains("  replay: the same\n")
        .endsWith("  replay: different\n    target: 3 -> 4\n");
  }

  private static DecisionView decision(DecisionView.@Nullable ReplayView replay) {
    return new DecisionView(
        7,
        0,
        "scaling",
        2,
        "request_rate",
        "3 replicas",
        "2 to 3 replicas: busy",
        List.of("replicas: 2 ready, target 2"),
        Json.MAPPER.readTree("{}"),
        Json.MAPPER.readTree("{}"),
        replay);
  }

  @Test
  void planIsPrinted() throws IOException {
    Files.writeString(home.resolve("service.yaml"), "service: {readiness_probe: /}\nrun: x\n");
    controller.json("POST /plans", plan(1));

    assertThat(Call.serve(home, "plan").out())
        .isEqualTo(
            """
            llm v1   2 replicas   local   $0.00/h
              resources: 1 CPU
              replicas: 2 to 2
              local: free
            """);
  }

  @Test
  void validateTellsGoodFromBadWithoutAController() throws IOException {
    Files.writeString(
        home.resolve("good.yaml"), "name: g\nservice: {readiness_probe: /}\nrun: x\n");
    Files.writeString(home.resolve("bad.yaml"), "name: g\nservice: {readiness_probe: /}\nrum: x\n");

    Call good = Call.serve(home, "validate", "good.yaml");
    Call bad = Call.serve(home, "validate", "bad.yaml");
    Call json = Call.serve(home, "validate", "bad.yaml", "-o", "json");

    assertThat(good.exit()).as(good.toString()).isZero();
    assertThat(good.out()).isEqualTo("good.yaml is valid: g, 1 replica\n");
    assertThat(bad.exit()).isEqualTo(2);
    assertThat(bad.err()).contains("bad.yaml:3:1", "rum");
    assertThat(json.exit()).isEqualTo(2);
    assertThat(Json.MAPPER.readTree(json.out()).get("valid").asBoolean()).isFalse();
    assertThat(controller.requests()).isEmpty();
  }

  @Test
  void controllerIsShown() {
    Call status = Call.serve(home, "controller", "status");

    assertThat(status.exit()).isZero();
    assertThat(status.out()).contains("Controller test runs: pid " + ProcessHandle.current().pid());
  }

  @Test
  void stopIsRefusedWhileThereAreServices() {
    controller.problem(
        "POST /stop",
        new Problem("/problems/services-exist", "Services exist", 409, "2 services", List.of()));

    Call stop = Call.serve(home, "controller", "stop");

    assertThat(stop.exit()).isEqualTo(1);
    assertThat(stop.err()).contains("llm, other", "--keep-serving");
  }

  @Test
  void answerThatIsNoProblemDocumentIsShownAsItIs() {
    Call logs = Call.serve(home, "logs", "--load-balancer");

    assertThat(logs.exit()).isEqualTo(1);
    assertThat(logs.err()).contains("500", "not expected: GET /logs/loadbalancer");
  }
}
