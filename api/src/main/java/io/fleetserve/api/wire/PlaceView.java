package io.fleetserve.api.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One place of a provider: a machine, a host, an engine, a partition, a machine type in a zone.
///
/// @param infra as in a service file
/// @param kind the provider's word for what it is
/// @param problem why no replica can be started there, with the fix; empty when one can
/// @param size all of it; null when it has not told
/// @param free what is left of it; null when that is not known
/// @param hourlyPrice dollars for one replica, 0 = free
/// @param spot what runs there may be taken back
/// @param replicas there, `<service>/<id>`
public record PlaceView(
    String infra,
    String kind,
    String problem,
    @Nullable MachineView size,
    @Nullable MachineView free,
    double hourlyPrice,
    boolean spot,
    List<String> replicas) {
  public PlaceView {
    replicas = List.copyOf(replicas);
  }

  /// Whether a replica can be started there.
  public boolean usable() {
    return problem.isEmpty();
  }
}
