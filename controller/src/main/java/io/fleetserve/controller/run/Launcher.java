package io.fleetserve.controller.run;

import io.fleetserve.controller.decision.PlacementRecorder;
import io.fleetserve.controller.home.AccessToken;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.Placed;
import io.fleetserve.controller.placement.Placement;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.placement.Zones;
import io.fleetserve.controller.reconcile.Action;
import io.fleetserve.controller.replica.ReplicaSignal;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.controller.store.Attempt;
import io.fleetserve.controller.store.StoreException;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/// Starts replicas: places each, stores the intent, asks the provider, and asks the next best offer
/// when the provider says no. A call waits until its intent is stored ([#intentsStored]). Confined
/// to the service's loop; the calls run on threads of their own and come back as messages.
final class Launcher {
  static final Duration CREATE_DEADLINE = Duration.ofSeconds(60);

  private final LoopContext context;
  private final ServiceLedger ledger;
  private final PlacementDesk desk;
  private final ProviderCalls calls;
  private final Consumer<Runnable> loop;
  private final OfferStep offers;
  private final Runnable wake;
  private final List<Runnable> waiting = new ArrayList<>();

  /// One replica on its way to a machine.
  ///
  /// @param wish which offers may be asked for
  /// @param token of its agent
  /// @param tried offers that were asked for in vain
  private record Launch(
      ServiceVersion version, ReplicaKey key, Wish wish, String token, Set<Offer> tried) {

    Launch without(Offer offer) {
      Set<Offer> more = new HashSet<>(tried);
      more.add(offer);
      return new Launch(version, key, wish, token, Set.copyOf(more));
    }
  }

  /// @param loop runs a message on the service's loop
  Launcher(
      LoopContext context,
      ServiceLedger ledger,
      PlacementDesk desk,
      ProviderCalls calls,
      OfferStep offers,
      Consumer<Runnable> loop) {
    this.context = context;
    this.ledger = ledger;
    this.desk = desk;
    this.calls = calls;
    this.offers = offers;
    // Any message makes the loop plan again.
    this.wake = () -> {};
    this.loop = loop;
  }

  /// Everything planned so far is in the store: the calls that waited for it go out.
  void intentsStored() {
    waiting.forEach(context.threads()::execute);
    waiting.clear();
  }

  /// Places a replica and prepares its call.
  ///
  /// @return false when nothing was done, also because the offers have to be asked for first: then
  ///   the loop is woken when they are known
  boolean launch(Action.Launch action, Instant now) {
    Optional<ServiceVersion> version = ledger.version(action.version());
    if (version.isEmpty() || !offers.known(version.get().spec(), action.wish().spot(), wake)) {
      return false;
    }
    ReplicaKey key = new ReplicaKey(ledger.name(), action.replicaId(), action.generation());
    String token = AccessToken.random();
    ledger.put(
        ledger
            .service()
            .withNextReplicaId(Math.max(ledger.service().nextReplicaId(), action.replicaId() + 1)));
    ZoneKey zone = action.wish().only();
    ledger.add(
        Replica.pending(key, action.version(), AccessToken.hash(token), action.reason(), now)
            .withMachine(zone == null ? Machine.NONE : Zones.spotMachine(zone)));
    Launch launch = new Launch(version.get(), key, action.wish(), token, Set.of());
    switch (place(launch)) {
      // Where a mix policy chose market and zone, the file is not to blame.
      case Placed.Refused refused ->
          refuse(key, refused, !Wish.usesSpot(version.get().spec()), now);
      case Placed.Exhausted exhausted -> refuse(key, exhausted, false, now);
      case Placed.On on -> {
        Intent intent = intent(launch, on, now);
        ledger.signal(key, new ReplicaSignal.Asked(intent.attemptId(), intent.machine()), now);
        ask(launch, on, intent, now);
      }
    }
    return true;
  }

  private Placed place(Launch launch) {
    ServiceVersion version = launch.version();
    PlacementRecorder.Inputs in = desk.inputs(version.spec(), launch.wish(), launch.tried());
    Placed placed = Placement.choose(version.spec(), in.wish(), in.candidates(), in.known());
    ledger.decisions().note(PlacementRecorder.record(in, placed, version.number()));
    return placed;
  }

  private void refuse(ReplicaKey key, Placed placed, boolean versionFault, Instant now) {
    ledger.signal(
        key, new ReplicaSignal.Refused(String.join("; ", placed.reasons()), versionFault), now);
  }

  private record Intent(String attemptId, Machine machine) {}

  private Intent intent(Launch launch, Placed.On on, Instant now) {
    Intent intent =
        new Intent(
            newAttemptId(), Machine.of(on.offer(), ResourcesText.accelerator(on.resources())));
    ledger.attempt(
        new Attempt(
            intent.attemptId(),
            launch.key(),
            on.offer().provider(),
            Attempt.State.ASKED,
            null,
            "",
            now,
            now));
    return intent;
  }

  private void ask(Launch launch, Placed.On on, Intent intent, Instant now) {
    ReplicaKey key = launch.key();
    ServiceVersion version = launch.version();
    InstanceProvider provider = context.providers().find(on.offer().provider()).orElseThrow();
    context.agents().configure(key, context.boots().configure(version));
    CreateSpec spec =
        new CreateSpec(
            intent.attemptId(),
            new Ownership(
                context.boots().installationId(), key.service(), key.replicaId(), key.generation()),
            on.offer(),
            on.resources(),
            version.spec().numNodes(),
            context
                .boots()
                .boot(
                    version,
                    on.resources(),
                    key,
                    intent.attemptId(),
                    launch.token(),
                    provider.capabilities().remote()),
            now.plus(CREATE_DEADLINE));
    waiting.add(() -> {
      CreateOutcome outcome = create(provider, spec);
      loop.accept(() -> created(launch, on.offer(), outcome));
    });
  }

  private CreateOutcome create(InstanceProvider provider, CreateSpec spec) {
    try {
      context.boots().invite(spec.boot());
    } catch (StoreException e) {
      return new CreateOutcome.Rejected(
          new ProviderError(
              ProviderError.Category.TRANSIENT, null, null, String.valueOf(e.getMessage())));
    }
    return calls.create(provider, spec);
  }

  private static String newAttemptId() {
    byte[] random = new byte[12];
    ThreadLocalRandom.current().nextBytes(random);
    return "a" + HexFormat.of().formatHex(random);
  }

  private void created(Launch launch, Offer offer, CreateOutcome outcome) {
    Instant now = context.clock().instant();
    ReplicaKey key = launch.key();
    Optional<Replica> replica = ledger.replica(key);
    switch (outcome) {
      case CreateOutcome.Accepted accepted -> {
        ledger.signal(key, new ReplicaSignal.Accepted(accepted.ref()), now);
        replica.ifPresent(
            row -> ledger.attempt(row, Attempt.State.ACCEPTED, accepted.ref().id(), "", now));
      }
      case CreateOutcome.Rejected rejected -> {
        replica.ifPresent(row ->
            ledger.attempt(row, Attempt.State.REJECTED, null, rejected.error().message(), now));
        desk.refused(offer, rejected.error());
        rejected(launch.without(offer), rejected.error());
      }
      case CreateOutcome.Unknown unknown -> {
        ledger.signal(key, new ReplicaSignal.OutcomeUnknown(unknown.error()), now);
        replica.ifPresent(row ->
            ledger.attempt(row, Attempt.State.UNKNOWN, null, unknown.error().message(), now));
      }
    }
  }

  /// Asks the next best offer, once the offers are known again.
  private void rejected(Launch launch, ProviderError error) {
    Instant now = context.clock().instant();
    boolean elsewhere =
        mayGoElsewhere(error)
            && ledger
                .replica(launch.key())
                .filter(row -> row.status().isStarting() && row.createOutstanding())
                .isPresent();
    if (elsewhere
        && !offers.known(
            launch.version().spec(), launch.wish().spot(), () -> rejected(launch, error))) {
      return;
    }
    if (elsewhere && place(launch) instanceof Placed.On on) {
      Intent intent = intent(launch, on, now);
      ledger.signal(
          launch.key(),
          new ReplicaSignal.Rerouted(intent.attemptId(), intent.machine(), error),
          now);
      ask(launch, on, intent, now);
    } else {
      ledger.signal(launch.key(), new ReplicaSignal.Rejected(error), now);
    }
  }

  private static boolean mayGoElsewhere(ProviderError error) {
    return switch (error.category()) {
      case CAPACITY_UNAVAILABLE,
          QUOTA_EXCEEDED,
          AUTH_FAILED,
          RATE_LIMITED,
          BILLING_BLOCKED,
          TRANSIENT ->
          true;
      case INVALID_REQUEST, OUTCOME_UNKNOWN -> false;
    };
  }
}
