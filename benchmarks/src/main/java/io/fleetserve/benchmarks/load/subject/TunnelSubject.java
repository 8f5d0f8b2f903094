package io.fleetserve.benchmarks.load.subject;

import io.fleetserve.api.wire.TunnelRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// The load balancer with the backends behind agents that have dialled it. The agents are a child
/// of its process, so that CPU time counts both sides.
final class TunnelSubject implements Subject {
  private final FleetserveSubject balancer;

  TunnelSubject(FleetserveSubject balancer) {
    this.balancer = balancer;
  }

  @Override
  public String name() {
    return "tunnel";
  }

  @Override
  public String version() {
    return balancer.version();
  }

  @Override
  public Running start(Path folder, ProxySettings settings) throws IOException {
    Files.createDirectories(folder);
    TunnelRule rule =
        TunnelKeys.make(folder, "127.0.0.1", FreePorts.next(), settings.backends().size());
    return balancer.start(name(), folder, settings, rule, agents(folder, rule, settings));
  }

  /// As the distribution starts an agent, without its start-up cache.
  private static List<String> agents(Path folder, TunnelRule rule, ProxySettings settings) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-Xmx64m",
        "-cp",
        System.getProperty("java.class.path"),
        TunnelAgentMain.class.getName(),
        folder.toString(),
        rule.bindHost() + ":" + rule.port(),
        settings.backends().stream().map(String::valueOf).collect(Collectors.joining(" ")));
  }
}
