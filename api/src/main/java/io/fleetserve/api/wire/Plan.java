package io.fleetserve.api.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the controller would do with a service file.
///
/// @param replicas wanted at once
/// @param infra where, for example `local`; several separated by commas
/// @param resources what, for example `2 CPUs, 4 GiB`
/// @param hourlyCost dollars per hour of all replicas wanted at once, when all are ready
/// @param reasons why this place: one line per decision
/// @param offers everything that was compared, best first, spot before on demand
/// @param workdir absolute folder that is copied; null means none
/// @param inPlace for an update: only `service:` changed, no replica is replaced
public record Plan(
    String service,
    int version,
    int replicas,
    int minReplicas,
    int maxReplicas,
    String infra,
    String resources,
    double hourlyCost,
    List<String> reasons,
    List<PlannedOffer> offers,
    @Nullable String workdir,
    boolean inPlace) {
  public Plan {
    reasons = List.copyOf(reasons);
    offers = List.copyOf(offers);
  }
}
