package io.fleetserve.provider.sim.cloud;

import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A cloud as its customers see it: [CloudRules] over a book of instances and machines.
///
/// Each call first brings the cloud to the present; [#advance] does the same for whoever keeps it
/// going meanwhile. Instances of others take room, and are left to their own. Thread-safe: one
/// lock, held during a call.
public final class SimulatedCloud implements InstanceProvider {
  private static final long SETTLE_MARGIN_MILLIS = 5_000;

  private final String name;
  private final Predicate<Ownership> ours;
  private final Supplier<CloudSettings> settings;
  private final CloudTime time;
  private final InstanceBook book;
  private final Machines machines;
  private final Clock clock;
  private final Object lock = new Object();

  /// @param ours whose instances it starts and takes back
  /// @param settings asked at each call, so that they may change
  public SimulatedCloud(
      String name,
      Predicate<Ownership> ours,
      Supplier<CloudSettings> settings,
      CloudTime time,
      InstanceBook book,
      Machines machines,
      Clock clock) {
    this.name = name;
    this.ours = ours;
    this.settings = settings;
    this.time = time;
    this.book = book;
    this.machines = machines;
    this.clock = clock;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Capabilities capabilities() {
    CloudSettings now = settings.get();
    return new Capabilities(
        true,
        true,
        false,
        time.real(now.noticeMillis()),
        time.real(now.listingDelayMillis()).plusMillis(SETTLE_MARGIN_MILLIS));
  }

  @Override
  public List<Offer> offers(OfferQuery query) {
    return new CloudOffers(name, settings.get()).offers(query, now());
  }

  @Override
  public List<Place> places() {
    synchronized (lock) {
      advance();
      return new CloudPlaces(name, settings.get()).places(book.all(), now());
    }
  }

  @Override
  public CreateOutcome create(CreateSpec order) {
    synchronized (lock) {
      advance();
      return switch (rules().create(book.all(), order, now())) {
        case CreateVerdict.Refused refused ->
            new CreateOutcome.Rejected(onTheClock(refused.error()));
        case CreateVerdict.Lost() -> unknown();
        case CreateVerdict.Made made -> {
          if (!isNoted(made.instance().attemptId())) {
            book.write(made.instance());
            advance();
          }
          yield made.answered() ? new CreateOutcome.Accepted(ref(made.instance())) : unknown();
        }
      };
    }
  }

  private ProviderError onTheClock(ProviderError error) {
    Duration again = error.retryAfter();
    return again == null
        ? error
        : new ProviderError(
            error.category(), error.scope(), time.real(again.toMillis()), error.message());
  }

  private boolean isNoted(String attemptId) {
    return book.all().stream().anyMatch(one -> one.attemptId().equals(attemptId));
  }

  private CreateOutcome unknown() {
    return new CreateOutcome.Unknown(
        new ProviderError(
            ProviderError.Category.OUTCOME_UNKNOWN, null, null, name + ": the call timed out"));
  }

  @Override
  public Optional<Instance> get(InstanceRef ref) {
    synchronized (lock) {
      advance();
      return book.all().stream()
          .filter(one -> ref(one).equals(ref))
          .findFirst()
          .map(this::instance);
    }
  }

  @Override
  public List<Instance> list(String installation) {
    synchronized (lock) {
      advance();
      long now = now();
      return book.all().stream()
          .filter(one -> one.order().ownership().installationId().equals(installation))
          .filter(one -> one.listedMillis() <= now)
          .map(this::instance)
          .toList();
    }
  }

  @Override
  public void terminate(InstanceRef ref) {
    synchronized (lock) {
      advance();
      for (CloudInstance one : book.all()) {
        if (ref(one).equals(ref)) {
          machines.end(one.order());
          book.remove(one.attemptId());
        }
      }
    }
  }

  /// Brings the cloud to the present: starts machines, gives notices, takes machines back.
  ///
  /// @return how long until something may change by itself, on the clock; empty for never
  public Optional<Duration> advance() {
    synchronized (lock) {
      long now = now();
      List<CloudInstance> before = book.all();
      List<CloudInstance> after = rules().advance(before, now);
      for (int i = 0; i < before.size(); i++) {
        if (!before.get(i).equals(after.get(i)) && isOurs(before.get(i))) {
          carryOut(before.get(i), after.get(i));
        }
      }
      long next = rules().nextEvent(book.all(), now);
      return next == Long.MAX_VALUE ? Optional.empty() : Optional.of(time.real(next - now));
    }
  }

  private boolean isOurs(CloudInstance one) {
    return ours.test(one.order().ownership());
  }

  /// The machine first, then the book: cut off in between, it is done again.
  private void carryOut(CloudInstance before, CloudInstance after) {
    CloudInstance next = after;
    if (before.state() != after.state()) {
      switch (after.state()) {
        case RUNNING -> next = machines.start(after.order()).map(after::failed).orElse(after);
        case PREEMPTED, FAILED -> machines.end(after.order());
        case PENDING, STOPPING, TERMINATED, UNKNOWN -> {}
      }
    }
    book.write(next);
  }

  private Instance instance(CloudInstance one) {
    Instance.State state = one.state();
    ProviderError failure = one.state() == Instance.State.PENDING ? null : one.failure();
    String raw = state.name().toLowerCase(java.util.Locale.ROOT);
    if (state == Instance.State.RUNNING) {
      Optional<Machines.Condition> machine = machines.condition(one.order());
      state = machine.map(Machines.Condition::state).orElse(Instance.State.TERMINATED);
      failure = machine.map(Machines.Condition::failure).orElse(null);
      raw = machine.map(Machines.Condition::raw).orElse("gone");
    }
    return new Instance(
        ref(one),
        one.order().ownership(),
        one.attemptId(),
        state,
        time.instant(one.createdMillis()),
        preemptionAt(one),
        failure,
        raw);
  }

  private @Nullable Instant preemptionAt(CloudInstance one) {
    return one.preemptionMillis() == null || !one.isActive()
        ? null
        : time.instant(one.preemptionMillis());
  }

  private InstanceRef ref(CloudInstance one) {
    return new InstanceRef(name, "i-" + one.attemptId());
  }

  private CloudRules rules() {
    return new CloudRules(name, settings.get());
  }

  private long now() {
    return time.millis(clock.instant());
  }

  /// Takes nothing back and ends nothing: machines live on.
  @Override
  public void close() {}
}
