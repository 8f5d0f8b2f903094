package io.fleetserve.provider.ssh;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One entry of `ssh:` in `infra.yaml`: hosts that are alike to those who use them.
///
/// @param pricePerHour dollars per host and hour, 0 = free
record Pool(String name, double pricePerHour, List<Host> hosts) {
  Pool {
    hosts = List.copyOf(hosts);
  }

  Optional<Host> host(String hostName) {
    return hosts.stream().filter(host -> host.name().equals(hostName)).findFirst();
  }

  /// One host of a pool. What is null or empty is found out on the host.
  ///
  /// @param name unique in its pool, as in `infra: ssh/<pool>/<name>`
  /// @param host name or address to connect to
  /// @param address where the load balancer reaches servers on it
  /// @param identityFile private key without a passphrase
  /// @param knownHosts file with the host's key; what is not in it is not connected to
  /// @param cpus that replicas may use; null means all
  /// @param memoryBytes that replicas may use; null means all
  /// @param accelerators model to number; null means those that the host tells
  record Host(
      String pool,
      String name,
      String host,
      String address,
      int port,
      String user,
      Path identityFile,
      Path knownHosts,
      Map<String, String> labels,
      @Nullable Double cpus,
      @Nullable Long memoryBytes,
      @Nullable Map<String, Integer> accelerators) {
    Host {
      labels = Map.copyOf(labels);
      accelerators = accelerators == null ? null : Map.copyOf(accelerators);
    }

    /// As in `infra:`, without the provider.
    String place() {
      return pool + "/" + name;
    }

    /// For messages.
    String target() {
      return user + "@" + host + ":" + port;
    }
  }
}
