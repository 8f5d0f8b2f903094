package io.fleetserve.provider.ssh;

import io.fleetserve.provider.ssh.Pool.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// A link to every host of `infra.yaml` as it is now. A host whose settings changed gets a new one.
/// Thread-safe.
final class Fleet implements AutoCloseable {
  private final PoolFile file;
  private final Connector connector = new Connector();
  private final Map<String, HostLink> links = new ConcurrentHashMap<>();

  Fleet(PoolFile file) {
    this.file = file;
  }

  List<Pool> pools() {
    return List.copyOf(file.pools().values());
  }

  /// What is wrong with the file; empty when nothing is.
  String complaint() {
    return file.complaint();
  }

  HostLink link(Host host) {
    return links.compute(
        host.place(),
        (place, known) -> {
          if (known != null && known.host().equals(host)) {
            return known;
          }
          if (known != null) {
            known.close();
          }
          return new HostLink(host, connector);
        });
  }

  List<HostLink> all() {
    List<HostLink> all = new ArrayList<>();
    pools().forEach(pool -> pool.hosts().forEach(host -> all.add(link(host))));
    return all;
  }

  /// The host of a place `<pool>/<host>`; empty when it is not in the file any more.
  Optional<HostLink> find(String pool, String host) {
    return Optional.ofNullable(file.pools().get(pool))
        .flatMap(found -> found.host(host))
        .map(this::link);
  }

  @Override
  public void close() {
    links.values().forEach(HostLink::close);
    connector.close();
  }
}
