package io.fleetserve.benchmarks.load.subject;

import io.fleetserve.api.wire.LoadBalancerBoot.Presence;
import io.fleetserve.api.wire.TunnelRule;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A load balancer all of whose replicas are reached through tunnels. The agents are a process of
/// their own, see [TunnelAgentMain]. For one thread.
public final class TunnelFleet implements AutoCloseable {
  private static final String METRIC = "fleetserve_lb_tunnels ";

  private final FleetserveSubject balancer;
  private final Path folder;
  private final ProxySettings settings;
  private final TunnelRule rule;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private Running running;

  /// Starts the load balancer.
  ///
  /// @param agents how many replicas there are, all of them the same backend
  public TunnelFleet(Path root, Path folder, int agents, int backend) throws IOException {
    this.balancer = new FleetserveSubject(root, "");
    this.folder = folder;
    this.settings =
        new ProxySettings(
            FreePorts.next(),
            Collections.nCopies(agents, backend),
            Runtime.getRuntime().availableProcessors());
    this.rule = TunnelKeys.make(folder, "127.0.0.1", FreePorts.next(), agents);
    this.running = start();
  }

  private Running start() throws IOException {
    return balancer.start("tunnels", folder.resolve("balancer"), settings, rule, List.of());
  }

  /// Arguments of [TunnelAgentMain].
  public List<String> agentArguments() {
    List<String> arguments =
        new ArrayList<>(List.of(folder.toString(), rule.bindHost() + ":" + rule.port()));
    settings.backends().forEach(port -> arguments.add(String.valueOf(port)));
    return arguments;
  }

  /// The load balancer's process.
  public ProcessHandle process() {
    return running.handle();
  }

  /// Kills the load balancer and starts it again.
  public void restart() throws IOException, InterruptedException {
    running.kill();
    running = start();
  }

  /// Tunnels that can be used now, as the load balancer counts them; 0 while it is not there.
  public int tunnels() throws InterruptedException {
    try {
      Presence presence =
          JsonMapper.shared()
              .readValue(
                  Files.readString(folder.resolve("balancer/loadbalancer.json")), Presence.class);
      return get(presence.adminUrl() + "/metrics")
          .lines()
          .filter(line -> line.startsWith(METRIC))
          .mapToInt(line -> (int) Double.parseDouble(line.substring(METRIC.length())))
          .findFirst()
          .orElse(0);
    } catch (IOException | JacksonException notYet) {
      return 0;
    }
  }

  /// One request to any replica.
  ///
  /// @return its answer
  public String request() throws IOException, InterruptedException {
    return get("http://127.0.0.1:" + settings.port() + "/small");
  }

  private String get(String url) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build();
    var answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(url + ": " + answer.statusCode());
    }
    return answer.body();
  }

  @Override
  public void close() {
    running.close();
    http.close();
  }
}
