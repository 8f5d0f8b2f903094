package io.fleetserve.loadbalancer;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.loadbalancer.admin.AdminPages;
import io.fleetserve.loadbalancer.admin.AdminServer;
import io.fleetserve.loadbalancer.control.EndpointFeed;
import io.fleetserve.loadbalancer.control.LoadReporter;
import io.fleetserve.loadbalancer.control.LoadReports;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.frontend.DataPlane;
import io.fleetserve.loadbalancer.lane.Transport;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.telemetry.AccessLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
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

  private final LoadBalancerBoot boot;
  private final long startedAtMillis;
  private final Transport transport;
  private final Routing routing;
  private final @Nullable AccessLog log;
  private final DataPlane plane;
  private final EndpointFeed feed;
  private final LoadReporter reporter;
  private final AdminServer admin;
  private volatile boolean stopping;
  private boolean unannounced;
  private LoadBalancerBoot.@Nullable Presence announced;

  private LoadBalancer(LoadBalancerBoot boot, ProxySettings settings, long startedAtMillis) {
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
    plane = new DataPlane(transport, routing, settings, boot.bindHost(), log, this::reportNow);
    LoadReports reports = new LoadReports(boot.id(), startedAtMillis, routing, plane);
    feed =
        new EndpointFeed(
            boot.id(), Path.of(boot.folder()), info, token, routing, plane, this::reportNow);
    reporter =
        new LoadReporter(
            boot.id(),
            info,
            token,
            sequence -> reports.report(sequence, feed::generationApplied, feed::refused),
            this::eachSecond);
    admin =
        new AdminServer(
            transport,
            boot.adminPort(),
            new AdminPages(routing, plane, feed, reports, log, () -> stopping).byPath());
    if (boot.sharedPort() != 0) {
      plane.listeners().openShared(boot.sharedPort());
    }
  }

  /// Starts: serves with the stored endpoints at once, then follows the controller.
  ///
  /// @param startedAtMillis epoch milliseconds of the process start
  public static LoadBalancer start(
      LoadBalancerBoot boot, ProxySettings settings, long startedAtMillis) {
    LoadBalancer balancer = new LoadBalancer(boot, settings, startedAtMillis);
    balancer.feed.start();
    balancer.announce();
    balancer.reporter.start();
    LOG.atInfo()
        .addKeyValue(LogKeys.LOAD_BALANCER, boot.id())
        .addKeyValue(LogKeys.PORT, balancer.admin.port())
        .addKeyValue("transport", balancer.transport.kind())
        .log("Started");
    return balancer;
  }

  private void eachSecond() {
    plane.listeners().reconcile(routing.table());
    admin.open();
    announce();
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
            adminUrl());
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
    plane.listeners().stop();
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
    LOG.atInfo().log("Stopped");
  }
}
