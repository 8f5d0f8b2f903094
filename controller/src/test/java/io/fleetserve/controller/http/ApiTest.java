package io.fleetserve.controller.http;

import static io.fleetserve.controller.run.TestFleet.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.EventView;
import io.fleetserve.api.wire.InfraView;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.MachineView;
import io.fleetserve.api.wire.PlaceView;
import io.fleetserve.api.wire.Problem;
import io.fleetserve.controller.run.TestFleet;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Authentication, errors and streams of the API over real HTTP.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiTest {
  private static final String ONE = "readiness_probe: /\nreplicas: 1\n";

  @SuppressWarnings("NullAway.Init")
  private TestFleet fleet;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    fleet = new TestFleet(folder.resolve("home"));
    assertThat(fleet.post("/services", TestFleet.file("taken", ONE, "exec x")).statusCode())
        .isEqualTo(201);
  }

  @AfterAll
  void end() {
    fleet.close();
  }

  @Test
  void everyRouteNeedsTheTokenOfItsKindOfCaller() throws Exception {
    String balancerToken = Files.readString(fleet.home().loadBalancerToken()).strip();
    for (Route route : fleet.routes()) {
      URI uri =
          URI.create(
              fleet.url()
                  + "/api/v1"
                  + route
                      .path()
                      .replaceAll("\\{[a-zA-Z]*[iI]d}", "1")
                      .replaceAll("\\{[a-z]+}", "taken"));
      boolean operators =
          route.access() == Route.Access.OPERATOR || route.access() == Route.Access.FETCH;
      String wrong = operators ? balancerToken : fleet.token();
      for (String authorization : List.of("", "Bearer nonsense", "Bearer " + wrong)) {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(10))
                .method(route.method(), HttpRequest.BodyPublishers.ofString("{}"));
        if (!authorization.isEmpty()) {
          request.header("Authorization", authorization);
        }

        HttpResponse<String> answer = fleet.send(request.build());

        boolean byHandler =
            route.access() == Route.Access.AGENT || route.access() == Route.Access.JOIN;
        if (byHandler && !authorization.isEmpty()) {
          assertThat(answer.statusCode()).as(route.path()).isIn(400, 401, 410);
        } else {
          assertThat(answer.statusCode()).as(route.path()).isEqualTo(401);
          assertThat(answer.headers().firstValue("Content-Type"))
              .contains("application/problem+json");
        }
      }
    }
  }

  @Test
  void errorsAreProblemsThatNameWhatIsWrongAndTheFix() throws Exception {
    Problem exists = problem(fleet.post("/services", TestFleet.file("taken", ONE, "exec x")));
    assertThat(exists.type()).isEqualTo("/problems/service-exists");
    assertThat(exists.detail()).contains("taken", "serve update");

    Problem unknown = problem(fleet.get("/services/takn"));
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.detail()).contains("takn", "did you mean taken?");

    Problem wrong =
        problem(
            fleet.post(
                "/services", TestFleet.file("bad", "readines_probe: /\nreplicas: -2\n", "x")));
    assertThat(wrong.type()).isEqualTo("/problems/invalid-service-file");
    assertThat(wrong.errors()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(wrong.errors().getFirst().line()).isEqualTo(3);

    Problem path = problem(fleet.get("/nonsense"));
    assertThat(path.type()).isEqualTo("/problems/no-such-path");

    HttpResponse<String> noJson =
        fleet.send(
            fleet
                .request("/services")
                .POST(HttpRequest.BodyPublishers.ofString("{nonsense"))
                .build());
    assertThat(noJson.statusCode()).isEqualTo(400);
    assertThat(fleet.get("/events?limit=x").statusCode()).isEqualTo(400);
  }

  @Test
  void aFixedPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Problem inUse =
          problem(
              fleet.post(
                  "/services",
                  TestFleet.file(
                      "ported", ONE + "listen: {port: " + taken.getLocalPort() + "}\n", "x")));

      assertThat(inUse.type()).isEqualTo("/problems/port-in-use");
      assertThat(inUse.detail()).contains("port " + taken.getLocalPort() + " is in use");
    }
  }

  @Test
  void whatCannotRunHereIsRefusedWithASentence() throws Exception {
    var file = TestFleet.file("nodes", ONE, "x\nnum_nodes: 2");

    Problem refused = problem(fleet.post("/services", file));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.detail()).contains("num_nodes", "2");
  }

  @Test
  void stopIsRefusedWhileServicesExist() throws Exception {
    Problem refused = problem(fleet.post("/stop", java.util.Map.of("keep_serving", false)));

    assertThat(refused.type()).isEqualTo("/problems/services-exist");
    assertThat(refused.detail()).contains("taken", "--keep-serving");
  }

  @Test
  void watchTellsTheServiceAtOnceAndHeartbeatsAfter() throws Exception {
    HttpResponse<Stream<String>> watch =
        fleet.lines(fleet.request("/services/taken/watch").build());

    try (Stream<String> lines = watch.body()) {
      Iterator<String> read = lines.iterator();
      assertThat(read.next()).isEqualTo("event: service");
      assertThat(read.next()).contains("\"name\":\"taken\"");
    }
  }

  @Test
  void eventsCanBeFollowedAndResumedWithoutLossOrRepeat() throws Exception {
    await().until(() -> fleet.get("/events").body().contains("ReplicaReady"));
    EventView[] stored = Json.MAPPER.readValue(fleet.get("/events").body(), EventView[].class);
    long seen = stored[1].sequence();

    HttpResponse<Stream<String>> follow =
        fleet.lines(
            fleet
                .request("/events?follow=true")
                .header("Last-Event-ID", Long.toString(seen))
                .build());

    try (Stream<String> lines = follow.body()) {
      Iterator<String> read = lines.filter(line -> line.startsWith("id: ")).iterator();
      assertThat(read.next()).isEqualTo("id: " + stored[2].sequence());
      assertThat(read.next()).isEqualTo("id: " + stored[3].sequence());
      long last = stored[stored.length - 1].sequence();
      fleet.post("/services", TestFleet.file("later", ONE, "exec y"));
      String next = read.next();
      while (!next.equals("id: " + (last + 1))) {
        next = read.next();
      }
    }
  }

  @Test
  void metricsInfraLogsAndTheDocumentAreServed() throws Exception {
    assertThat(fleet.get("/metrics").body()).contains("metrics");
    InfraView local = Json.MAPPER.readValue(fleet.get("/infra").body(), InfraView[].class)[0];
    assertThat(local.name()).isEqualTo("local");
    assertThat(local.usable()).isTrue();
    PlaceView place = local.places().getFirst();
    assertThat(place.infra()).isEqualTo("local");
    assertThat(place.size()).isEqualTo(new MachineView(1, 1L << 30, Map.of()));
    await()
        .untilAsserted(() ->
            assertThat(
                    Json.MAPPER.readValue(fleet.get("/infra").body(), InfraView[].class)[0]
                        .places())
                .flatExtracting(PlaceView::replicas)
                .contains("taken/1"));
    assertThat(fleet.get("/logs/controller?tail=5").statusCode()).isEqualTo(200);
    assertThat(fleet.get("/openapi.yaml").body()).startsWith("openapi: 3.1");
    assertThat(fleet.get("/health").body()).contains("\"services\":");
    assertThat(fleet.get("/services/taken/replicas/1/logs").statusCode()).isEqualTo(200);
    assertThat(fleet.get("/services/taken/replicas/9/logs").statusCode()).isEqualTo(404);
  }
}
