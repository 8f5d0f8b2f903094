package io.fleetserve.controller.run;

import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// Machines that are threads: each instance is a [FakeAgent]. Outlives controllers, as machines do.
/// Thread-safe.
final class FakeProvider implements InstanceProvider, ProviderFactory {
  /// What the next create calls do.
  enum Mode {
    ACCEPT,
    REJECT,
    MAKE_AND_LOSE_THE_ANSWER,
    LOSE_THE_CALL
  }

  private final Map<InstanceRef, FakeAgent> agents = new ConcurrentHashMap<>();
  final List<CreateSpec> created = new CopyOnWriteArrayList<>();
  final List<InstanceRef> terminated = new CopyOnWriteArrayList<>();
  volatile Mode mode = Mode.ACCEPT;
  volatile Capabilities capabilities =
      new Capabilities(false, true, false, false, Duration.ZERO, Duration.ofMillis(50));
  volatile List<Offer> offers =
      List.of(new Offer("local", null, null, "thread", "1 thread", 0, false));

  /// Zones (of spot instances, prefixed with `spot `) where nothing is left.
  final Set<String> soldOut = ConcurrentHashMap.newKeySet();

  private final Set<InstanceRef> preempted = ConcurrentHashMap.newKeySet();
  private final Map<InstanceRef, Instant> notices = new ConcurrentHashMap<>();

  volatile FakeAgent.Behaviour behaviour = FakeAgent.Behaviour.READY;

  @Override
  public String name() {
    return "local";
  }

  @Override
  public InstanceProvider open(ProviderContext context) {
    return this;
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  /// Questions for offers are answered when this is at zero.
  volatile CountDownLatch offersAnswered = new CountDownLatch(0);

  final AtomicInteger offersAsked = new AtomicInteger();

  @Override
  public List<Offer> offers(OfferQuery query) {
    offersAsked.incrementAndGet();
    try {
      offersAnswered.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return offers;
  }

  @Override
  public List<Place> places() {
    Set<String> attempts =
        agents.values().stream()
            .map(agent -> agent.spec().attemptId())
            .collect(java.util.stream.Collectors.toSet());
    MachineFit threads = new MachineFit(1, 1L << 30, Map.of());
    return List.of(new Place("local", "thread", null, threads, threads, 0, false, attempts));
  }

  @Override
  public CreateOutcome create(CreateSpec spec) {
    created.add(spec);
    ProviderError lost =
        new ProviderError(ProviderError.Category.OUTCOME_UNKNOWN, null, null, "timed out");
    String market = (spec.offer().spot() ? "spot " : "") + spec.offer().zone();
    return switch (soldOut.contains(market) ? Mode.REJECT : mode) {
      case ACCEPT -> new CreateOutcome.Accepted(make(spec));
      case REJECT ->
          new CreateOutcome.Rejected(
              new ProviderError(
                  ProviderError.Category.CAPACITY_UNAVAILABLE, null, null, "no thread is left"));
      case MAKE_AND_LOSE_THE_ANSWER -> {
        make(spec);
        yield new CreateOutcome.Unknown(lost);
      }
      case LOSE_THE_CALL -> new CreateOutcome.Unknown(lost);
    };
  }

  /// Takes back every spot machine of a zone.
  void preempt(String zone) {
    spotIn(zone)
        .forEach(entry -> {
          preempted.add(entry.getKey());
          entry.getValue().kill();
        });
  }

  /// Takes back every spot machine of a zone, which their agents hear of first, by a signal.
  void preemptBySignal(String zone) {
    spotIn(zone)
        .forEach(entry -> {
          preempted.add(entry.getKey());
          entry.getValue().serverEnds("the server was ended by SIGTERM");
        });
  }

  /// Announces that every spot machine of a zone is taken back.
  void announce(String zone, Instant at) {
    spotIn(zone).forEach(entry -> notices.put(entry.getKey(), at));
  }

  private List<Map.Entry<InstanceRef, FakeAgent>> spotIn(String zone) {
    return agents.entrySet().stream()
        .filter(entry -> entry.getValue().spec().offer().spot())
        .filter(entry -> zone.equals(entry.getValue().spec().offer().zone()))
        .toList();
  }

  private InstanceRef make(CreateSpec spec) {
    InstanceRef ref = new InstanceRef("local", "i-" + spec.attemptId());
    FakeAgent agent = new FakeAgent(spec, behaviour);
    agents.put(ref, agent);
    agent.start();
    return ref;
  }

  @Override
  public Optional<Instance> get(InstanceRef ref) {
    return Optional.ofNullable(agents.get(ref)).map(agent -> instance(ref, agent));
  }

  @Override
  public List<Instance> list(String installationId) {
    return agents.entrySet().stream()
        .filter(
            entry -> entry.getValue().spec().ownership().installationId().equals(installationId))
        .map(entry -> instance(entry.getKey(), entry.getValue()))
        .toList();
  }

  private Instance instance(InstanceRef ref, FakeAgent agent) {
    return new Instance(
        ref,
        agent.spec().ownership(),
        agent.spec().attemptId(),
        preempted.contains(ref)
            ? Instance.State.PREEMPTED
            : agent.isAlive() ? Instance.State.RUNNING : Instance.State.FAILED,
        Instant.EPOCH,
        notices.get(ref),
        null,
        agent.isAlive() ? "running" : "dead");
  }

  @Override
  public void terminate(InstanceRef ref) {
    terminated.add(ref);
    FakeAgent agent = agents.remove(ref);
    if (agent != null) {
      agent.kill();
    }
  }

  /// Agents of a service that live, oldest first.
  List<FakeAgent> agents(String service) {
    return agents.values().stream()
        .filter(agent -> agent.isAlive() && agent.spec().ownership().service().equals(service))
        .sorted(java.util.Comparator.comparingInt(agent -> agent.spec().ownership().replicaId()))
        .toList();
  }

  /// Kills all agents: the end of a test.
  void killAll() {
    agents.values().forEach(FakeAgent::kill);
  }

  @Override
  public void close() {}
}
