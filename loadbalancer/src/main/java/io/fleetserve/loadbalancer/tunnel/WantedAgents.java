package io.fleetserve.loadbalancer.tunnel;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.loadbalancer.endpoint.RoutingTable;
import io.fleetserve.loadbalancer.endpoint.Service;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Whose agents may have tunnels: those of the attempts that the controller names with each
/// service. An attempt that is over, or was revoked, is named no more. Thread-safe.
///
/// @param table the routing now
public record WantedAgents(Supplier<RoutingTable> table) implements Predicate<CertificateName> {
  private static final int AGENT_PATH = 5;

  @Override
  public boolean test(CertificateName name) {
    RoutingTable now = table.get();
    List<String> path = name.path();
    if (path.size() != AGENT_PATH
        || !path.getFirst().equals("agent")
        || !name.installationId().equals(now.installationId())) {
      return false;
    }
    Service service = now.byName().get(path.get(1));
    return service != null && service.route().rule().agents().contains(path.getLast());
  }
}
