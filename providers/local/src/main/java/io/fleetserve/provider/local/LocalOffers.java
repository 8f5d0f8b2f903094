package io.fleetserve.provider.local;

import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.host.OwnMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether this machine fits a wish. Pure.
///
/// A replica gets a share of the machine, so an exact amount (`cpus: 4`) fits whatever has as much
/// or more. What other replicas use is not subtracted: the machine is shared, and limits hold each
/// replica to its own share.
record LocalOffers(MachineFit machine) {
  List<Offer> offers(OfferQuery query) {
    List<String> reasons = new ArrayList<>();
    infra(query.resources().infra()).ifPresent(reasons::add);
    reasons.addAll(OwnMachine.against(query));
    reasons.addAll(machine.against(query.resources()));
    reasons.forEach(reason -> query.reject().accept("local: " + reason));
    return reasons.isEmpty()
        ? List.of(
            new Offer(
                LocalProvider.NAME, null, null, "this-machine", machine.description(), 0, false))
        : List.of();
  }

  private static Optional<String> infra(@Nullable String infra) {
    if (infra == null) {
      return Optional.empty();
    }
    String cloud = infra.split("/", 2)[0].strip().toLowerCase(Locale.ROOT);
    return cloud.equals(LocalProvider.NAME) || cloud.equals("*") || cloud.isEmpty()
        ? Optional.empty()
        : Optional.of("infra is " + infra + " (expected: local)");
  }
}
