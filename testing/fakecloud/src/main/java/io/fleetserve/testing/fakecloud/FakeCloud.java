package io.fleetserve.testing.fakecloud;

import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderException;
import io.fleetserve.provider.ProviderFactory;
import io.fleetserve.provider.sim.cloud.CloudInstance;
import io.fleetserve.provider.sim.cloud.CloudSettings;
import io.fleetserve.provider.sim.cloud.CloudTime;
import io.fleetserve.provider.sim.cloud.SimulatedCloud;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/// A cloud in memory that outlives the controllers of a test. It is brought to the present by each
/// call, and by [#advance] when the test has moved its clock. Thread-safe.
public final class FakeCloud implements InstanceProvider, ProviderFactory {
  private final String name;
  private final MemoryBook book = new MemoryBook();
  private final FakeMachines machines;
  private final CloudTime time;
  private final Clock clock;
  private final SimulatedCloud cloud;
  private final Queue<CreateFault> faults = new ConcurrentLinkedQueue<>();
  private final AtomicInteger brokenListings = new AtomicInteger();
  private final AtomicInteger brokenTerminates = new AtomicInteger();
  private final List<CreateSpec> created = new CopyOnWriteArrayList<>();
  private volatile CloudSettings settings;

  public FakeCloud(String name, CloudSettings settings, Clock clock) {
    this(name, settings, clock, MachineListener.NONE);
  }

  public FakeCloud(String name, CloudSettings settings, Clock clock, MachineListener listener) {
    this.name = name;
    this.settings = settings;
    this.clock = clock;
    this.machines = new FakeMachines(listener);
    this.time = new CloudTime(clock.instant(), 0, 1);
    this.cloud =
        new SimulatedCloud(name, owner -> true, this::settings, time, book, machines, clock);
  }

  private CloudSettings settings() {
    return settings;
  }

  /// Changes how the cloud behaves from now on.
  public void change(UnaryOperator<CloudSettings> change) {
    settings = change.apply(settings);
    advance();
  }

  /// Gives a zone another capacity from now on.
  public void capacity(String zone, int instances) {
    change(before -> Zones.withCapacity(before, zone, instances));
  }

  /// Gives notice to one instance, or takes it at once where the cloud gives none.
  public void preempt(InstanceRef ref) {
    book.write(of(ref).noticed(time.millis(clock.instant()) + settings.noticeMillis()));
    advance();
  }

  /// Deletes an instance behind everybody's back: no trace is left.
  public void delete(InstanceRef ref) {
    CloudInstance instance = of(ref);
    machines.end(instance.order());
    book.remove(instance.attemptId());
  }

  /// Lets the agent of an instance die; its machine stays.
  public void killAgent(InstanceRef ref) {
    machines.fail(of(ref).attemptId());
  }

  private CloudInstance of(InstanceRef ref) {
    return cloud
        .get(ref)
        .flatMap(instance -> book.find(instance.attemptId()))
        .orElseThrow(() -> new IllegalArgumentException(ref + " (expected: an instance)"));
  }

  /// Faults of the next create calls, in order.
  public void failCreates(CreateFault... next) {
    faults.addAll(List.of(next));
  }

  /// The next listings throw.
  public void breakListings(int count) {
    brokenListings.set(count);
  }

  /// The next terminate calls throw and end nothing.
  public void breakTerminates(int count) {
    brokenTerminates.set(count);
  }

  /// Every create call so far.
  public List<CreateSpec> created() {
    return List.copyOf(created);
  }

  /// What the cloud's own books say, whatever listings show.
  public List<CloudInstance> instances() {
    return book.all();
  }

  /// Brings the cloud to the present.
  public void advance() {
    cloud.advance();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public InstanceProvider open(ProviderContext context) {
    return this;
  }

  @Override
  public Capabilities capabilities() {
    return cloud.capabilities();
  }

  @Override
  public List<Offer> offers(OfferQuery query) {
    return cloud.offers(query);
  }

  @Override
  public List<Place> places() {
    return cloud.places();
  }

  @Override
  public CreateOutcome create(CreateSpec order) {
    created.add(order);
    return switch (faults.poll()) {
      case null -> cloud.create(order);
      case CreateFault.Refuse refuse -> new CreateOutcome.Rejected(refuse.error());
      case CreateFault.LoseTheCall lost -> unknown();
      case CreateFault.LoseTheAnswer lost -> {
        cloud.create(order);
        yield unknown();
      }
      case CreateFault.MakeLate(Duration after) -> {
        LockSupport.parkNanos(after.toNanos());
        cloud.create(order);
        yield unknown();
      }
      case CreateFault.ThrowAfterwards thrown -> {
        cloud.create(order);
        throw broken("create " + order.attemptId());
      }
    };
  }

  private CreateOutcome unknown() {
    return new CreateOutcome.Unknown(
        new ProviderError(
            ProviderError.Category.OUTCOME_UNKNOWN, null, null, name + ": timed out"));
  }

  private ProviderException broken(String call) {
    return new ProviderException(
        name + ": " + call + ": connection reset", new IOException("connection reset"));
  }

  @Override
  public Optional<Instance> get(InstanceRef ref) {
    return cloud.get(ref);
  }

  @Override
  public List<Instance> list(String installationId) {
    if (brokenListings.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw broken("list");
    }
    return cloud.list(installationId);
  }

  @Override
  public void terminate(InstanceRef ref) {
    if (brokenTerminates.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw broken("terminate " + ref.id());
    }
    cloud.terminate(ref);
  }

  @Override
  public void close() {}
}
