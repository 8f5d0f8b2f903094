package io.fleetserve.controller.home;

import io.fleetserve.api.config.SettingPlaces;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.api.wire.TransportKind;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `config.yaml` says, with defaults filled in.
public record ControllerConfig(
    Api controller,
    Balancer loadBalancer,
    Map<String, Provider> providers,
    History history,
    Logs logs) {

  public static final ControllerConfig DEFAULT =
      new ControllerConfig(
          new Api(0, new Agents("127.0.0.1", 0, "", false, Duration.ofHours(24))),
          new Balancer(
              30001,
              30000,
              "127.0.0.1",
              0,
              TransportKind.AUTO,
              LoadBalancerBoot.Options.DEFAULT,
              null),
          Map.of(),
          new History(20, 10_000),
          new Logs(64L << 20, 256L << 20, 32L << 20));

  public ControllerConfig {
    providers = Map.copyOf(providers);
  }

  /// Settings of a provider; one that is not named is enabled and has none.
  public Provider provider(String name) {
    return providers.getOrDefault(name, new Provider(true, Map.of(), SettingPlaces.NONE));
  }

  /// `controller:`.
  ///
  /// @param port of the REST API; 0 means the lowest free one from 20001, kept from then on
  public record Api(int port, Agents agents) {}

  /// `controller.agents:`, where agents on other machines reach the controller, by mutual TLS. Open
  /// only while a provider of other machines is.
  ///
  /// @param bindHost address to listen on
  /// @param port 0 means the lowest free one from 20101, kept from then on
  /// @param url how agents reach it; empty means `https://<bindHost>:<port>`, or, for those on
  ///   other machines, the tunnels' address where `bindHost` is on loopback and there are tunnels
  /// @param byTunnel they reach it at the tunnels' address, and there are tunnels
  /// @param certificateLife of an agent's certificate, renewed after half of it
  public record Agents(
      String bindHost, int port, String url, boolean byTunnel, Duration certificateLife) {}

  /// `load_balancer:`.
  ///
  /// @param firstPort where the search for a service's port begins
  /// @param sharedPort serves every service by host name; 0 means off
  /// @param bindHost address of all listeners of the load balancer
  /// @param adminPort loopback port of its health and metrics; 0 means any free one
  /// @param transport how it speaks to its sockets
  /// @param options handed to its process
  /// @param tunnel where agents dial in; null means nowhere
  public record Balancer(
      int firstPort,
      int sharedPort,
      String bindHost,
      int adminPort,
      TransportKind transport,
      LoadBalancerBoot.Options options,
      @Nullable Tunnel tunnel) {}

  /// `load_balancer.tunnel:`, where agents dial in, by mutual TLS.
  ///
  /// @param bindHost address to listen on
  /// @param port 0 means the lowest free one from 20201, kept from then on
  /// @param address `HOST:PORT` as agents reach it; empty means `<bindHost>:<port>`
  public record Tunnel(String bindHost, int port, String address) {
    public static final Tunnel DEFAULT = new Tunnel("127.0.0.1", 0, "");
  }

  /// One entry of `providers:`.
  ///
  /// @param settings what only the provider understands
  /// @param places where the settings stand
  public record Provider(boolean enabled, Map<String, Object> settings, SettingPlaces places) {
    public Provider {
      settings = Map.copyOf(settings);
    }
  }

  /// `history:`.
  ///
  /// @param failedReplicas failed replicas of a service that stay listed
  /// @param events of the installation that are kept
  public record History(int failedReplicas, int events) {}

  /// `logs:`, sizes on disk at most, in bytes.
  ///
  /// @param replicaBytes of one start of a replica
  /// @param accessBytes of the access log
  /// @param programBytes of each program's own log
  public record Logs(long replicaBytes, long accessBytes, long programBytes) {}
}
