package io.fleetserve.provider;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One place that a provider was configured for, as it is now: a machine, a host, a container
/// engine, a partition of a cluster, a machine type in a zone.
///
/// @param infra names it in a service file: `local`, `ssh/lab/h1`, `slurm/main/gpu`
/// @param kind the provider's word for what it is: `host`, `partition`, a machine type
/// @param problem why nothing can be started there, one line with the fix; null when something can
/// @param size all of it; null when it has not told
/// @param free what replicas, and others as far as they are known, leave of it; null when that is
///   not known: of a cloud, or where replicas share what there is
/// @param hourlyPrice dollars for one replica, 0 = free
/// @param spot what runs there may be taken back
/// @param attempts of the installation that hold something there
public record Place(
    String infra,
    String kind,
    @Nullable String problem,
    @Nullable MachineFit size,
    @Nullable MachineFit free,
    double hourlyPrice,
    boolean spot,
    Set<String> attempts) {
  public Place {
    attempts = Set.copyOf(attempts);
  }

  /// A place where nothing can be started.
  public static Place away(String infra, String kind, String problem) {
    return new Place(infra, kind, problem, null, null, 0, false, Set.of());
  }

  /// Whether something can be started there.
  public boolean usable() {
    return problem == null;
  }
}
