package io.fleetserve.controller.run;

import io.fleetserve.api.wire.EndpointDelta;
import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A load balancer that forwards nothing, and speaks the real protocol over HTTP: applies complete
/// snapshots and deltas, reports often. Thread-safe.
final class FakeBalancer implements AutoCloseable {
  private final String url;
  private final String token;
  private final Map<String, ServiceRoute> routes = new ConcurrentHashMap<>();
  private final AtomicLong sequence = new AtomicLong();
  private final long startedAt = System.currentTimeMillis();
  final List<Long> generations = Collections.synchronizedList(new ArrayList<>());
  volatile long applied;
  volatile int held;
  volatile int inFlight;
  private volatile boolean slow;
  private volatile boolean running = true;

  FakeBalancer(String url, String token) {
    this.url = url;
    this.token = token;
    Thread.ofVirtual().start(this::follow);
    Thread.ofVirtual().start(this::reportOften);
  }

  Optional<ServiceRoute> route(String service) {
    return Optional.ofNullable(routes.get(service));
  }

  /// Endpoints that get new requests.
  List<ReplicaEndpoint> open(String service) {
    return route(service).map(ServiceRoute::endpoints).orElse(List.of()).stream()
        .filter(endpoint -> !endpoint.draining())
        .toList();
  }

  private void follow() {
    while (running) {
      try {
        HttpURLConnection call = call("endpoints");
        try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(call.getInputStream(), StandardCharsets.UTF_8))) {
          String event = "";
          for (String line = lines.readLine(); line != null && running; line = lines.readLine()) {
            if (line.startsWith("event: ")) {
              event = line.substring(7);
            } else if (line.startsWith("data: ")) {
              apply(event, line.substring(6));
            }
          }
        }
      } catch (IOException away) {
        pause();
      }
    }
  }

  private void apply(String event, String data) {
    if (event.equals("snapshot")) {
      EndpointSnapshot snapshot = Json.MAPPER.readValue(data, EndpointSnapshot.class);
      if (snapshot.complete()) {
        routes.clear();
        snapshot.services().forEach(route -> routes.put(route.service(), route));
        accept(snapshot.generation());
      }
    } else if (event.equals("delta")) {
      EndpointDelta delta = Json.MAPPER.readValue(data, EndpointDelta.class);
      delta.upserts().forEach(route -> routes.put(route.service(), route));
      delta.removed().forEach(routes::remove);
      accept(delta.generation());
    }
  }

  private void accept(long generation) {
    generations.add(generation);
    if (!slow) {
      applied = generation;
    }
  }

  /// It hears of changes, but goes on sending requests as before until [#catchUp].
  void fallBehind() {
    slow = true;
  }

  void catchUp() {
    slow = false;
    applied = generations.getLast();
  }

  private void reportOften() {
    while (running) {
      try {
        HttpURLConnection call = call("reports");
        call.setDoOutput(true);
        call.getOutputStream().write(Json.MAPPER.writeValueAsBytes(report()));
        call.getResponseCode();
      } catch (IOException ignored) {
        // The controller is away; the next report says it all.
      }
      pause();
    }
  }

  private LoadReport report() {
    LoadReport.Histogram none =
        new LoadReport.Histogram(Collections.nCopies(LoadReport.Histogram.BUCKETS, 0L), 0);
    List<LoadReport.ServiceLoad> services =
        routes.values().stream()
            .map(route ->
                new LoadReport.ServiceLoad(
                    route.service(),
                    held,
                    0,
                    0,
                    0,
                    0,
                    held,
                    inFlight,
                    0,
                    0,
                    none,
                    none,
                    null,
                    route.endpoints().stream()
                        .map(endpoint ->
                            new LoadReport.ReplicaLoad(
                                endpoint.replicaId(),
                                endpoint.generation(),
                                inFlight,
                                0,
                                0,
                                false,
                                endpoint.network()))
                        .toList(),
                    LoadReport.Tokens.NONE))
            .toList();
    return new LoadReport(
        "lb-1",
        startedAt,
        sequence.incrementAndGet(),
        System.currentTimeMillis(),
        applied,
        null,
        LoadReport.Phase.SERVING,
        null,
        services);
  }

  private HttpURLConnection call(String path) throws IOException {
    HttpURLConnection call =
        (HttpURLConnection)
            URI.create(url + "/api/v1/loadbalancers/lb-1/" + path).toURL().openConnection();
    call.setRequestProperty("Authorization", "Bearer " + token);
    return call;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    running = false;
  }
}
