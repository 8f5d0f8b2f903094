package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.ServiceRoute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// The one reference to the current [RoutingTable].
///
/// Thread-safe: event loops read it, one thread at a time changes it.
public final class Routing {
  private final int lanes;
  private final LongSupplier clock;
  private volatile RoutingTable table = RoutingTable.EMPTY;
  private volatile EndpointSnapshot snapshot = new EndpointSnapshot("", -1, true, List.of());

  /// @param lanes number of event loops
  public Routing(int lanes) {
    this(lanes, System::nanoTime);
  }

  /// @param lanes number of event loops
  /// @param clock monotonic nanoseconds
  public Routing(int lanes, LongSupplier clock) {
    this.lanes = lanes;
    this.clock = clock;
  }

  public RoutingTable table() {
    return table;
  }

  /// The snapshot that the table was made of, with all later deltas.
  public EndpointSnapshot snapshot() {
    return snapshot;
  }

  /// Replaces the table; services and replicas that stay keep their counters.
  public synchronized void apply(EndpointSnapshot next) {
    Map<String, Service> services = new HashMap<>();
    for (ServiceRoute rule : next.services()) {
      Service service = table.byName().get(rule.service());
      if (service == null) {
        service = new Service(rule, lanes, clock);
      } else if (!service.route().rule().equals(rule)) {
        service.apply(rule);
      }
      services.put(rule.service(), service);
    }
    List<Service> gone = new ArrayList<>(table.byName().values());
    gone.removeAll(services.values());
    snapshot = next;
    table = RoutingTable.of(next.installationId(), next.generation(), services);
    gone.forEach(Service::remove);
  }
}
