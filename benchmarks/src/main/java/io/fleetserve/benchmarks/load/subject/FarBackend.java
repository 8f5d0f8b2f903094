package io.fleetserve.benchmarks.load.subject;

import io.fleetserve.api.wire.TunnelRule;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A load balancer of this machine before one backend of another, which it reaches directly or
/// through an agent. For one thread.
public final class FarBackend implements AutoCloseable {
  private final String name;
  private final Path folder;
  private final ProxySettings settings;
  private final @Nullable TunnelRule rule;
  private final Running running;

  /// Starts the load balancer.
  ///
  /// @param host of the backend
  /// @param dialled address of this machine that the agent dials; null: no agent, directly
  public FarBackend(
      Path root, Path folder, String name, String host, int backend, @Nullable String dialled)
      throws IOException {
    this.name = name;
    this.folder = folder;
    this.settings = new ProxySettings(FreePorts.next(), host, List.of(backend), null, 1);
    this.rule = dialled == null ? null : TunnelKeys.make(folder, dialled, FreePorts.next(), 1);
    this.running =
        new FleetserveSubject(root, "")
            .start(name, folder.resolve(name), settings, rule, List.of());
  }

  /// Direct or tunnel, for the results.
  public String name() {
    return name;
  }

  /// Arguments of [TunnelAgentMain], which is to run beside the backend; none where it is reached
  /// directly.
  public List<String> agentArguments() {
    TunnelRule dialled = rule;
    return dialled == null
        ? List.of()
        : List.of(
            folder.toString(),
            dialled.bindHost() + ":" + dialled.port(),
            settings.backends().getFirst().toString());
  }

  /// Of a resource.
  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + settings.port() + path);
  }

  @Override
  public void close() {
    running.close();
  }
}
