package io.fleetserve.loadbalancer;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.loadbalancer.admin.AdminPages;
import io.fleetserve.loadbalancer.admin.AdminServer;
import io.fleetserve.loadbalancer.control.ControllerAddress;
import io.fleetserve.loadbalancer.control.EndpointFeed;
import io.fleetserve.loadbalancer.control.LoadReporter;
import io.fleetserve.loadbalancer.control.LoadReports;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.frontend.DataPlane;
import io.fleetserve.loadbalancer.handover.Departure;
import io.fleetserve.loadbalancer.handover.HandoverRefused;
import io.fleetserve.loadbalancer.handover.Predecessor;
import io.fleetserve.loadbalancer.handover.Shared;
import io.fleetserve.loadbalancer.lane.Transport;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.telemetry.AccessLog;
import io.fleetserve.loadbalancer.telemetry.Tracing;
import io.fleetserve.loadbalancer.tracing.OtlpTracing;
import io.fleetserve.loadbalancer.tunnel.ControllerPassage;
import io.fleetserve.loadbalancer.tunnel.TunnelPort;
import io.fleetserve.loadbalancer.tunnel.Tunnels;
import io.fleetserve.loadbalancer.tunnel.WantedAgents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running load balancer: the data plane, its link to the controller and its admin port.
///
///     client --> Listeners --> ClientConnection --> Exchange --> UpstreamConnection --> replica
///                                     lane 0..n (one event loop each)
///     EndpointFeed --Routing--> lanes          LoadReporter <--totals-- lanes
///
/// Thread-safe.
public final class LoadBalancer {
  private static final Logger LOG = LoggerFactory.getLogger(LoadBalancer.class);
  private static final Duration PORTS_WAIT = Duration.ofSeconds(10);
  private static final Duration ENDPOINTS_WAIT = Duration.ofSeconds(5);
  private static final int FEWEST_PASSAGES = 64;
  private static final int MOST_PASSAGES = 8_192;
  private static final Duration LOOK = Duration.ofMillis(5);

  private final LoadBalancerBoot boot;
  private final long startedAtMillis;
  private final Transport transport;
  private final Routing routing;
  private final @Nullable AccessLog log;
  private final @Nullable Tracing tracing;
  private final Tunnels tunnels;
  private final ControllerPassage passage;
  private final @Nullable TunnelPort tunnelPort;
  private final DataPlane plane;
  private final EndpointFeed feed;
  private final LoadReporter reporter;
  private final AdminServer admin;
  private final Departure departure;
  private volatile boolean stopping;
  private volatile boolean begun;
  private boolean unannounced;
  private LoadBalancerBoot.@Nullable Presence announced;

  private LoadBalancer(
      LoadBalancerBoot boot, ProxySettings settings, long startedAtMillis, Runnable left) {
    this.boot = boot;
    this.startedAtMillis = startedAtMillis;
    Path info = Path.of(boot.controllerInfoFile());
    Path token = Path.of(boot.tokenFile());
    int loops = Runtime.getRuntime().availableProcessors();
    transport = Transport.of(boot.transport(), loops);
    routing = new Routing(loops);
    log =
        boot.accessLog().isEmpty()
            ? null
            : new AccessLog(Path.of(boot.accessLog()), boot.accessLogBytes());
    LoadBalancerBoot.Tracing traced = boot.options().tracing();
    tracing =
        traced == null ? null : new OtlpTracing(traced.endpoint(), traced.sampleRatio(), boot.id());
    tunnels = new Tunnels(new WantedAgents(routing::table), settings.times().connect());
    passage =
        new ControllerPassage(
            transport.clientType(),
            Math.clamp(settings.maxConnections() / 4, FEWEST_PASSAGES, MOST_PASSAGES));
    tunnelPort =
        boot.tunnel() == null
            ? null
            : new TunnelPort(
                boot.tunnel(), transport.group(), transport.serverType(), tunnels, passage);
    plane =
        new DataPlane(
            transport, routing, settings, boot.bindHost(), log, this::reportNow, tracing, tunnels);
    LoadReports reports = new LoadReports(boot.id(), startedAtMillis, routing, plane);
    feed =
        new EndpointFeed(
            boot.id(), Path.of(boot.folder()), info, token, routing, plane, this::reportNow);
    reporter =
        new LoadReporter(
            boot.id(),
            info,
            token,
            (sequence, phase, beside) ->
                reports.report(sequence, phase, beside, feed::generationApplied, feed::refused),
            this::eachSecond);
    departure =
        new Departure(
            plane,
            tunnelPort,
            feed,
            reporter,
            log,
            Path.of(boot.folder()),
            startedAtMillis,
            Duration.ofMillis(boot.options().drainMillis()),
            left);
    admin =
        new AdminServer(
            transport,
            boot.adminPort(),
            new AdminPages(
                    boot, settings, routing, plane, feed, reports, log, passage, this::isEnding)
                .byPath(),
            Map.of(
                "/handover/share", _ -> departure.share(),
                "/handover/leave", _ -> departure.leave(this::closeAdmin)),
            () -> token(token));
  }

  private void closeAdmin() {
    admin.leave();
  }

  private boolean isEnding() {
    return stopping || departure.isLeaving();
  }

  private static String token(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException unreadable) {
      return "";
    }
  }

  /// Starts: serves with the stored endpoints at once, then follows the controller.
  ///
  /// @param startedAtMillis epoch milliseconds of the process start
  public static LoadBalancer start(
      LoadBalancerBoot boot, ProxySettings settings, long startedAtMillis) {
    return start(boot, settings, startedAtMillis, () -> {});
  }

  /// The same, for a process that may be replaced later.
  ///
  /// @param left called once when a successor has taken over and nothing is left to do here
  public static LoadBalancer start(
      LoadBalancerBoot boot, ProxySettings settings, long startedAtMillis, Runnable left) {
    LoadBalancer balancer = new LoadBalancer(boot, settings, startedAtMillis, left);
    balancer.admin.open();
    balancer.openShared();
    balancer.feed.start();
    balancer.lookAtTunnels();
    balancer.begun();
    balancer.reporter.start();
    return balancer;
  }

  /// Starts beside the process that serves now, with the same endpoints and ports, and takes over
  /// from it; starts as usual when none serves. Parameters as for [#start].
  ///
  /// @throws HandoverRefused when that is not possible; the other process serves on
  public static LoadBalancer replace(
      LoadBalancerBoot boot, ProxySettings settings, long startedAtMillis, Runnable left) {
    Predecessor other =
        Predecessor.find(Path.of(boot.folder()), Path.of(boot.tokenFile())).orElse(null);
    if (other == null) {
      return start(boot, settings, startedAtMillis, left);
    }
    LoadBalancer balancer = new LoadBalancer(boot, settings, startedAtMillis, left);
    try {
      balancer.takeOver(other);
    } catch (HandoverRefused e) {
      balancer.reporter.close();
      balancer.feed.close();
      balancer.transport.close();
      throw e;
    }
    return balancer;
  }

  private void takeOver(Predecessor other) {
    Shared shared = other.share();
    reporter.beside(shared.startedAtMillis());
    reporter.start();
    plane.listeners().share();
    TunnelPort agents = tunnelPort;
    if (agents != null) {
      agents.share();
    }
    openShared();
    feed.start();
    lookAtTunnels();
    if (!within(PORTS_WAIT, () -> plane.listeners().ports().containsAll(shared.ports()))) {
      throw new HandoverRefused(
          "ports of the running process: "
              + shared.ports()
              + ", opened here: "
              + plane.listeners().ports());
    }
    if (!within(ENDPOINTS_WAIT, () -> feed.generationApplied() >= shared.generation())) {
      LOG.atWarn()
          .addKeyValue(LogKeys.GENERATION, shared.generation())
          .log("Takes over with older endpoints: no controller tells newer ones");
    }
    other.leave();
    plane.listeners().own();
    reporter.beside(null);
    if (boot.adminPort() == 0) {
      admin.want(other.adminPort());
    }
    admin.open();
    begun();
    LOG.atInfo().addKeyValue(LogKeys.PID, other.pid()).log("Took over");
  }

  private static boolean within(Duration time, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > time.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return true;
  }

  private void lookAtTunnels() {
    TunnelPort agents = tunnelPort;
    if (agents != null) {
      passage.leadTo(ControllerAddress.ofAgents(Path.of(boot.controllerInfoFile())));
      agents.look();
      tunnels.look();
    }
  }

  private void openShared() {
    if (boot.sharedPort() != 0) {
      plane.listeners().openShared(boot.sharedPort(), boot.options().tls());
    }
  }

  private void begun() {
    AccessLog lines = log;
    if (lines != null) {
      lines.open();
    }
    begun = true;
    announce();
    LOG.atInfo()
        .addKeyValue(LogKeys.LOAD_BALANCER, boot.id())
        .addKeyValue(LogKeys.PORT, admin.port())
        .addKeyValue("transport", transport.kind())
        .log("Started");
  }

  private void eachSecond() {
    plane.listeners().reconcile(routing.table());
    lookAtTunnels();
    if (begun && !departure.isLeaving()) {
      admin.open();
      announce();
      AccessLog lines = log;
      if (lines != null) {
        lines.collect();
      }
    }
  }

  /// Writes `loadbalancer.json` if what is there is not true any more. A full disk must not keep
  /// the data plane down: it is tried again each second.
  private synchronized void announce() {
    LoadBalancerBoot.Presence presence =
        new LoadBalancerBoot.Presence(
            boot.id(),
            ProcessHandle.current().pid(),
            startedAtMillis,
            plane.listeners().sharedPort(),
            adminUrl(),
            tunnelPort == null ? 0 : tunnelPort.port());
    if (presence.equals(announced) || stopping) {
      return;
    }
    Path file = Path.of(boot.folder()).resolve("loadbalancer.json");
    Path next = file.resolveSibling("loadbalancer.json.next");
    try {
      Files.write(next, Json.MAPPER.writeValueAsBytes(presence));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      announced = presence;
      unannounced = false;
    } catch (IOException e) {
      if (!unannounced) {
        LOG.atWarn().addKeyValue(LogKeys.PATH, file).setCause(e).log("Presence cannot be written");
      }
      unannounced = true;
    }
  }

  private void reportNow() {
    LoadReporter started = reporter;
    // Null while the constructor runs: lanes have no request then, but the compiler cannot know.
    if (started != null) {
      started.now();
    }
  }

  /// URL of the admin port; empty while it is not open.
  public String adminUrl() {
    int port = admin.port();
    return port == 0 ? "" : "http://127.0.0.1:" + port;
  }

  /// Stops in order: no new connection, requests under way end within `grace`, then everything is
  /// closed.
  public void stop(Duration grace) throws InterruptedException {
    stopping = true;
    LOG.atInfo().addKeyValue("connections", plane.listeners().connections()).log("Stopping");
    reporter.phase(LoadReport.Phase.LEAVING);
    plane.listeners().stop();
    TunnelPort agents = tunnelPort;
    if (agents != null) {
      agents.stop();
    }
    long deadline = System.nanoTime() + grace.toNanos();
    while (plane.listeners().connections() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(Duration.ofMillis(20));
    }
    reporter.close();
    feed.close();
    admin.close();
    AccessLog open = log;
    if (open != null) {
      plane.flushLogs();
      open.close();
    }
    transport.close();
    Tracing spans = tracing;
    if (spans != null) {
      spans.close();
    }
    departure.ended();
    LOG.atInfo().log("Stopped");
  }
}
