package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Replicas that load balancers reach only through connections that the agents have dialled, and
/// whose agents reach the controller through the same port.
final class TunnelIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void everyRequestGoesThroughTunnelsWhichOutliveTheLoadBalancer() throws Exception {
    try (Fleet fleet =
            Fleet.create(Services.ROOT, folder, "controller: {agents: {url: tunnel}}\n");
        HttpClient client = HttpClient.newHttpClient()) {
      fleet.openTunnels();
      fleet.must(
          "up",
          Services.of(
              folder,
              "inner",
              "readiness_probe: /\nreplicas: 2\nnetwork: tunnel",
              Services.slowServer(1)));
      URI url = fleet.url("inner");

      assertThat(get(client, url)).isEqualTo("v1");
      List<JsonNode> ready = fleet.ready("inner");
      List<Long> pids = ready.stream().map(TunnelIT::pid).toList();
      var stream =
          client.send(
              HttpRequest.newBuilder(url.resolve("/stream")).timeout(LIMIT).build(),
              HttpResponse.BodyHandlers.ofLines());
      assertThat(remotePorts(fleet.loadBalancerPid())).doesNotContainAnyElementsOf(ports(ready));
      assertThat(stream.body()).hasSize(30);

      assertHandOverLosesNothing(fleet, client, url);

      long before = fleet.loadBalancerPid();
      ProcessHandle.of(before).orElseThrow().destroyForcibly();
      fleet.await(
          "an answer of the next load balancer",
          LIMIT,
          () -> fleet.loadBalancerPid() != before && answers(client, url).isPresent());
      assertThat(fleet.ready("inner")).extracting(TunnelIT::pid).isEqualTo(pids);

      fleet.must("down", "inner", "-y");
    }
  }

  /// Nor the replicas: their agents come back to the controller by the next process.
  private static void assertHandOverLosesNothing(Fleet fleet, HttpClient client, URI url)
      throws Exception {
    var stream =
        client.send(
            HttpRequest.newBuilder(url.resolve("/stream")).timeout(LIMIT).build(),
            HttpResponse.BodyHandlers.ofLines());
    try (Load load = Load.start(2, () -> HttpRequest.newBuilder(url).timeout(LIMIT).build())) {
      fleet.must("load-balancer", "restart");
      int before = load.count();
      fleet.await("answers of the next process", LIMIT, () -> load.count() > before + 100);

      assertThat(load.stop(answer -> answer.status() == 200)).isEmpty();
    }
    assertThat(stream.body()).hasSize(30);
  }

  private static long pid(JsonNode replica) {
    return replica.get("serverPid").asLong();
  }

  private static String get(HttpClient client, URI url) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(url).timeout(LIMIT).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static Optional<String> answers(HttpClient client, URI url) {
    try {
      return Optional.of(get(client, url)).filter("v1"::equals);
    } catch (IOException away) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Integer> ports(List<JsonNode> replicas) {
    return replicas.stream()
        .map(replica -> replica.get("endpoint").asString().replaceFirst(".*:", ""))
        .map(Integer::valueOf)
        .toList();
  }

  /// Ports at the other ends of a process' IPv4 connections.
  private static Set<Integer> remotePorts(long pid) throws IOException {
    Set<String> sockets;
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      sockets = files.map(TunnelIT::target).collect(Collectors.toSet());
    }
    return Files.readAllLines(Path.of("/proc/net/tcp")).stream()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> sockets.contains("socket:[" + fields[9] + "]"))
        .map(fields -> Integer.parseInt(fields[2].replaceFirst(".*:", ""), 16))
        .collect(Collectors.toSet());
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closed) {
      return "";
    }
  }
}
