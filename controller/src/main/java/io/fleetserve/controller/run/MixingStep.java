package io.fleetserve.controller.run;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.decision.MixRecorder;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.Service;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.Market;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.reconcile.MixInputs;
import io.fleetserve.controller.reconcile.MixTarget;
import io.fleetserve.controller.reconcile.SpotState;
import io.fleetserve.controller.rollout.Versions;
import io.fleetserve.controller.spot.MixPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the mix policy of a service with spot machines, each period and at once when a replica was
/// lost, refused, announced to go or became ready, and keeps what it decided. Confined to the
/// service's loop.
final class MixingStep {
  private static final Logger LOG = LoggerFactory.getLogger(MixingStep.class);
  private static final Duration PERIOD = Duration.ofSeconds(30);

  private final ServiceLedger ledger;
  private final PlacementDesk desk;
  private final OfferStep offers;
  private final Set<ReplicaKey> seen = new HashSet<>();
  private SpotState state;
  private boolean mixed;
  private boolean awaiting;
  private final Runnable again;
  private Instant nextAt = Instant.EPOCH;
  private @Nullable Situation decidedFor;

  /// What makes a decision stale.
  private record Situation(int version, int target, List<Fact> facts) {}

  private record Fact(ReplicaKey key, ReplicaStatus status, boolean made, boolean leaving) {}

  MixingStep(ServiceLedger ledger, PlacementDesk desk, OfferStep offers) {
    this.ledger = ledger;
    this.desk = desk;
    this.offers = offers;
    this.again = () -> nextAt = Instant.EPOCH;
    this.state = SpotState.ofJson(ledger.service().spotState());
    this.mixed =
        Versions.desired(ledger.versions())
            .filter(version -> Wish.usesSpot(version.spec()))
            .isPresent();
  }

  /// What was decided last; null for a service without spot machines, or before the first decision.
  @Nullable MixTarget target() {
    return mixed ? state.target().orElse(null) : null;
  }

  Instant nextAt() {
    return nextAt;
  }

  void run(Instant now) {
    Optional<ServiceVersion> desired = Versions.desired(ledger.versions());
    mixed =
        !ledger.service().ending()
            && desired.filter(version -> Wish.usesSpot(version.spec())).isPresent();
    if (!mixed || desired.isEmpty()) {
      nextAt = Instant.MAX;
      return;
    }
    Situation situation = situation(desired.get());
    if (now.isBefore(nextAt) && situation.equals(decidedFor)) {
      return;
    }
    nextAt = now.plus(PERIOD);
    if (!knowsMarket(desired.get().spec())) {
      return;
    }
    awaiting = false;
    decidedFor = situation;
    try {
      decide(desired.get(), now);
    } catch (RuntimeException bug) {
      // The last decision stands: a service must not stop because its mix cannot be improved.
      LOG.atError().addKeyValue(LogKeys.SERVICE, ledger.name()).setCause(bug).log("mix failed");
    }
  }

  /// Asks for the offers of both markets at once; the decision is made when they are known.
  private boolean knowsMarket(ServiceSpec spec) {
    boolean spot = offers.known(spec, true, again);
    boolean onDemand = offers.known(spec, false, again);
    awaiting = !(spot && onDemand);
    return !awaiting;
  }

  /// True while the first decision waits for offers: until then nobody can tell what to launch.
  boolean awaitsOffers() {
    return mixed && awaiting && state.target().isEmpty();
  }

  private Situation situation(ServiceVersion desired) {
    return new Situation(
        desired.number(),
        ledger.service().target(),
        ledger.replicas().stream()
            .map(replica ->
                new Fact(
                    replica.key(),
                    replica.status(),
                    replica.instance() != null,
                    replica.machine().leaving()))
            .toList());
  }

  private void decide(ServiceVersion desired, Instant now) {
    Market market = desk.market(desired.spec());
    if (market.isEmpty()) {
      return;
    }
    List<Replica> news = MixInputs.news(desired.spec(), ledger.replicas(), state.memory(), seen);
    MixPolicy.Inputs inputs =
        MixInputs.of(
            desired.spec(),
            ledger.service().target(),
            ledger.replicas(),
            market,
            ledger.coldStarts(),
            state,
            seen,
            now);
    MixPolicy policy = MixInputs.policy(desired.spec());
    MixPolicy.Decision decision = policy.decide(inputs);
    ledger
        .decisions()
        .note(
            MixRecorder.record(
                policy.name(),
                MixInputs.settings(desired.spec()),
                inputs,
                decision,
                desired.number()));
    seen.removeIf(key -> ledger.replica(key).isEmpty());
    news.stream().map(Replica::key).forEach(seen::add);
    keep(
        desired,
        SpotState.of(
            decision,
            inputs.wanted(),
            market.onDemand() != null,
            MixInputs.leaving(desired.spec(), ledger.replicas())),
        now);
  }

  private void keep(ServiceVersion desired, SpotState next, Instant now) {
    SpotState before = state;
    state = next;
    Service service = ledger.service().withSpotState(next.toJson());
    boolean same =
        before.spot().equals(next.spot())
            && before.onDemand() == next.onDemand()
            && before.wanted() == next.wanted();
    if (same) {
      ledger.note(service);
      return;
    }
    ledger.put(service);
    next.target()
        .ifPresent(target ->
            ledger.event(
                EventDraft.info(
                    EventType.MIX_CHANGED,
                    desired.number(),
                    target.counts() + ": " + target.reason()),
                now));
  }
}
