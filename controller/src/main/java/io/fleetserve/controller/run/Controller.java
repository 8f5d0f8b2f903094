package io.fleetserve.controller.run;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.wire.AgentView;
import io.fleetserve.api.wire.ControllerInfo;
import io.fleetserve.api.wire.EventView;
import io.fleetserve.api.wire.EventView.Severity;
import io.fleetserve.api.wire.InfraView;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.controller.balancer.BalancerKeeper;
import io.fleetserve.controller.home.ControllerConfig;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.identity.AgentDoor;
import io.fleetserve.controller.identity.TunnelDoor;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.prometheus.PrometheusClient;
import io.fleetserve.controller.store.Store;
import io.fleetserve.controller.store.StoredService;
import io.fleetserve.controller.stream.AgentCommands;
import io.fleetserve.controller.stream.EndpointPublisher;
import io.fleetserve.controller.stream.LoadReports;
import io.fleetserve.controller.stream.Topic;
import io.fleetserve.controller.telemetry.Metrics;
import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.ProviderFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything of one controller but its HTTP server, wired by hand. Thread-safe.
///
/// ```
///   new Controller: open store and providers, load services     (nothing moves yet)
///   start:          loops, sweep, load balancer, recovery        (the API listens already)
///   close:          loops end, everything else goes on serving
/// ```
public final class Controller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
  private static final Duration SWEEP = Duration.ofMinutes(1);
  private static final Duration BALANCER_CHECK = Duration.ofSeconds(1);
  private static final String VERSION = "0.1.0";

  private final HomeFolder home;
  private final String url;
  private final LoopContext context;
  private final Services services;
  private final ServiceAuthor author;
  private final Infrastructure infrastructure;
  private final Recovery recovery;
  private final Optional<BalancerKeeper> balancer;
  private final ExecutorService threads;
  private final List<AgentBundle> bundles;

  /// What a controller is made of.
  ///
  /// @param url where agents and load balancers will find the API
  /// @param agentCommand starts the replica agent
  /// @param bundles the agent for other machines
  /// @param balancerScript supervisor of the load balancer; empty means that none is kept
  /// @param reader reads service files
  public record Parts(
      HomeFolder home,
      ControllerConfig config,
      Store store,
      String url,
      Collection<ProviderFactory> factories,
      List<String> agentCommand,
      List<AgentBundle> bundles,
      Optional<Path> balancerScript,
      Function<SpecSource, ServiceSpec> reader,
      Metrics metrics,
      Clock clock) {}

  public Controller(Parts parts) {
    this.home = parts.home();
    this.url = parts.url();
    this.bundles = parts.bundles();
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    Store store = parts.store();
    Instant now = parts.clock().instant();
    Providers providers =
        Providers.open(
            parts.factories(),
            parts.config(),
            store.installationId(),
            home,
            parts.agentCommand(),
            parts.bundles(),
            parts.clock());
    AgentDoor door = door(parts, providers);
    ControllerConfig.Tunnel tunnel = parts.config().loadBalancer().tunnel();
    TunnelDoor tunnels =
        door == null || tunnel == null
            ? null
            : AgentDoors.openTunnels(parts, tunnel, door.authority());
    this.context =
        new LoopContext(
            store,
            new EndpointPublisher(store.installationId(), store::reserveGenerations),
            new AgentCommands(),
            new LoadReports(now),
            new Topic<EventView>(1024),
            providers,
            new ReplicaLogs(home, parts.config().logs().replicaBytes()),
            new AgentBoots(
                store.installationId(),
                url,
                parts.config().logs().replicaBytes(),
                door,
                tunnels,
                OneAddress.of(parts.config())),
            parts.config(),
            parts.metrics(),
            new PrometheusClient(parts.clock()),
            parts.clock(),
            threads);
    PlacementDesk desk = new PlacementDesk(providers, store, parts.clock(), threads);
    this.services = new Services(context, desk);
    this.author = new ServiceAuthor(services, home, parts.reader());
    this.infrastructure = new Infrastructure(context, services);
    Set<ReplicaKey> awaited = new HashSet<>();
    for (StoredService stored : store.load(parts.reader())) {
      services.add(stored);
      stored.replicas().stream()
          .filter(replica -> replica.agent().known() && replica.status().isAlive())
          .map(Replica::key)
          .forEach(awaited::add);
    }
    this.recovery = new Recovery(context.endpoints(), awaited);
    this.balancer =
        parts
            .balancerScript()
            .map(script ->
                new BalancerKeeper(home, parts.config(), tunnels, script, this::balancerChanged));
  }

  private @Nullable AgentDoor door(Parts parts, Providers providers) {
    boolean needed =
        parts.config().loadBalancer().tunnel() != null
            || providers.all().stream().anyMatch(provider -> provider.capabilities().remote());
    return needed ? AgentDoors.open(parts, this::refused) : null;
  }

  private void refused(String what) {
    services.event(EventType.AGENT_REFUSED, Severity.WARNING, "refused: " + what);
  }

  /// An agent on another machine has its certificate.
  public void agentJoined(Replica replica, String peer) {
    services
        .loop(replica.key().service())
        .ifPresent(loop ->
            loop.post(() ->
                loop.ledger()
                    .event(
                        EventDraft.of(
                            EventType.AGENT_JOINED,
                            Severity.INFO,
                            replica,
                            "its agent joined from " + peer),
                        services.now())));
  }

  /// Where agents on other machines are let in; empty while no provider is of other machines.
  public Optional<AgentDoor> door() {
    return Optional.ofNullable(context.boots().door());
  }

  /// The agent for other machines.
  public List<AgentBundle> bundles() {
    return bundles;
  }

  /// Begins to act.
  public void start() {
    services.loops().forEach(ServiceLoop::start);
    Sweep sweep = new Sweep(services);
    threads.execute(() -> repeatedly(SWEEP, sweep));
    context.providers().all().stream()
        .filter(NoticeWatch::isOf)
        .map(provider -> new NoticeWatch(services, provider))
        .forEach(watch -> threads.execute(() -> repeatedly(watch.period(), watch::check)));
    balancer.ifPresent(keeper -> threads.execute(() -> repeatedly(BALANCER_CHECK, keeper::check)));
    threads.execute(this::recover);
    services.event(
        EventType.CONTROLLER_STARTED,
        Severity.INFO,
        "controller " + VERSION + " at " + url + ", " + services.list().size() + " services");
  }

  private void recover() {
    try {
      recovery.run(key ->
          services
              .loop(key.service())
              .ifPresent(loop -> loop.post(() -> loop.actions().inspect(key, services.now()))));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void repeatedly(Duration period, Sweep sweep) {
    sweep.run(true);
    repeatedly(period, () -> sweep.run(false));
  }

  private static void repeatedly(Duration period, Runnable task) {
    try {
      while (true) {
        try {
          task.run();
        } catch (RuntimeException bug) {
          LOG.atError().setCause(bug).log("background task failed");
        }
        TimeUnit.MILLISECONDS.sleep(period.toMillis());
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void balancerChanged(BalancerKeeper.Event event) {
    switch (event) {
      case STARTED ->
          services.event(
              EventType.LOAD_BALANCER_STARTED, Severity.INFO, BalancerKeeper.ID + " runs");
      case LOST ->
          services.event(
              EventType.LOAD_BALANCER_LOST, Severity.WARNING, BalancerKeeper.ID + " does not run");
    }
  }

  /// A load balancer reported.
  public void reported(LoadReport report) {
    if (context.reports().accept(report, services.now())) {
      services.reported(report);
    }
  }

  /// An agent reported.
  public void reported(ReplicaKey key, io.fleetserve.api.wire.AgentReport report) {
    services.reported(key, report);
    recovery.heard(key);
  }

  public ControllerInfo info() {
    ProcessHandle self = ProcessHandle.current();
    return new ControllerInfo(
        url,
        VERSION,
        context.store().installationId(),
        self.pid(),
        self.info().startInstant().map(Instant::toEpochMilli).orElse(0L),
        services.list().size(),
        door().map(AgentDoor::localAddress).orElse(null),
        balancer.flatMap(BalancerKeeper::presence).map(this::balancerView).stream().toList());
  }

  private ControllerInfo.LoadBalancerView balancerView(LoadBalancerBoot.Presence presence) {
    Optional<LoadReports.Seen> seen = context.reports().of(presence.id());
    return new ControllerInfo.LoadBalancerView(
        presence.id(),
        presence.pid(),
        presence.sharedPort(),
        presence.adminUrl(),
        seen.map(last -> last.report().generationApplied()).orElse(0L),
        seen.map(last -> Duration.between(last.at(), services.now()).toMillis()).orElse(-1L));
  }

  public Services services() {
    return services;
  }

  public ServiceAuthor author() {
    return author;
  }

  public HomeFolder home() {
    return home;
  }

  public Store store() {
    return context.store();
  }

  public EndpointPublisher endpoints() {
    return context.endpoints();
  }

  public AgentCommands agents() {
    return context.agents();
  }

  public ReplicaLogs logs() {
    return context.logs();
  }

  public Topic<EventView> events() {
    return context.events();
  }

  /// Every provider with its places, asked now.
  public List<InfraView> infra() throws InterruptedException {
    return infrastructure.list();
  }

  /// The agents on other machines.
  public List<AgentView> remoteAgents() {
    return infrastructure.agents();
  }

  /// Replaces the running load balancer by a new process without losing a request.
  ///
  /// @return empty when the new one serves, else why not
  public Optional<String> replaceBalancer() throws InterruptedException {
    return balancer.isEmpty()
        ? Optional.of("this controller keeps no load balancer")
        : balancer.get().replace();
  }

  /// Ends the load balancer.
  public void stopBalancer() throws InterruptedException {
    if (balancer.isPresent()) {
      balancer.get().stop();
    }
  }

  /// Ends all loops and streams; replicas and the load balancer go on.
  @Override
  public void close() {
    threads.shutdownNow();
    services.loops().forEach(ServiceLoop::stop);
    context.endpoints().close();
    context.agents().close();
    context.events().close();
    context.prometheus().close();
    context.providers().close();
    context.store().close();
    LOG.atInfo().addKeyValue(LogKeys.COUNT, services.list().size()).log("controller ended");
  }
}
