package io.fleetserve.loadbalancer.admin;

import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.api.wire.LoadReport.ServiceLoad;
import io.fleetserve.loadbalancer.admin.AdminServer.Content;
import io.fleetserve.loadbalancer.admin.EndpointDump.ServiceDump;
import io.fleetserve.loadbalancer.control.EndpointFeed;
import io.fleetserve.loadbalancer.control.LoadReports;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.frontend.DataPlane;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.telemetry.AccessLog;
import io.fleetserve.loadbalancer.telemetry.TrafficStats;
import io.fleetserve.loadbalancer.tunnel.ControllerPassage;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The pages of the admin port. Thread-safe.
public final class AdminPages {
  private final Routing routing;
  private final DataPlane plane;
  private final EndpointFeed feed;
  private final LoadReports reports;
  private final @Nullable AccessLog log;
  private final ControllerPassage passage;
  private final BooleanSupplier stopping;
  private final LoadBalancerBoot boot;
  private final ProxySettings settings;
  private @Nullable Metrics metrics;

  /// @param stopping whether the program is on its way out
  public AdminPages(
      LoadBalancerBoot boot,
      ProxySettings settings,
      Routing routing,
      DataPlane plane,
      EndpointFeed feed,
      LoadReports reports,
      @Nullable AccessLog log,
      ControllerPassage passage,
      BooleanSupplier stopping) {
    this.boot = boot;
    this.settings = settings;
    this.routing = routing;
    this.plane = plane;
    this.feed = feed;
    this.reports = reports;
    this.log = log;
    this.passage = passage;
    this.stopping = stopping;
  }

  public Map<String, AdminServer.Page> byPath() {
    return Map.of(
        "/health", this::health,
        "/ready", this::ready,
        "/metrics", this::metrics,
        "/endpoints", this::endpoints,
        "/config", this::config);
  }

  /// 200 while the program runs. Behind `ok` a line for each port that cannot be opened now.
  private Content health(AdminServer.Request ignored) {
    StringBuilder text = new StringBuilder("ok\n");
    String shared = plane.listeners().sharedError();
    if (shared != null) {
      text.append(shared).append('\n');
    }
    for (Service service : routing.table().byName().values()) {
      String error = service.listenError();
      if (error != null) {
        text.append(service.name()).append(": ").append(error).append('\n');
      }
    }
    return Content.text(200, text.toString());
  }

  /// 200 once endpoints are known and until the program stops.
  private Content ready(AdminServer.Request ignored) {
    if (stopping.getAsBoolean()) {
      return Content.text(503, "stopping\n");
    }
    return feed.generationApplied() < 0
        ? Content.text(503, "no endpoints yet\n")
        : Content.text(200, "ready\n");
  }

  private synchronized Content metrics(AdminServer.Request request) {
    // Made by the first scrape: many load balancers are never asked.
    Metrics asked = metrics == null ? new Metrics(this::ownMetrics) : metrics;
    metrics = asked;
    return asked.page(request.accept());
  }

  private MetricSnapshots ownMetrics() {
    try {
      OwnMetrics own =
          new OwnMetrics()
              .process(
                  new OwnMetrics.ProcessValues(
                      feed.generationApplied(),
                      feed.isConnected(),
                      plane.listeners().connections(),
                      plane.listeners().connectionsOpened(),
                      plane.listeners().excess(),
                      plane.listeners().pauses(),
                      plane.tunnels().count(),
                      plane.tunnels().agents(),
                      passage.count(),
                      passage.refused(),
                      plane.listeners().refusals(),
                      log == null ? 0 : log.droppedBytes(),
                      plane.bufferBytes(),
                      plane.lags()));
      Map<String, TrafficStats.Totals> traffic = plane.traffic();
      for (ServiceLoad load : reports.services()) {
        own.service(load, traffic.get(load.service()));
      }
      return own.all(routing.table().byName().values());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// What this process was started with, and what the controller says of each service.
  private Content config(AdminServer.Request ignored) {
    return Content.json(new ConfigDump(boot, settings, routing.snapshot()));
  }

  /// @param services with every rule that is in effect
  private record ConfigDump(
      LoadBalancerBoot boot, ProxySettings settings, EndpointSnapshot services) {}

  private Content endpoints(AdminServer.Request ignored) {
    List<ServiceDump> services = new ArrayList<>();
    for (ServiceLoad load : reports.services()) {
      Service service = routing.table().byName().get(load.service());
      if (service != null) {
        services.add(ServiceDump.of(service, plane.listeners().port(load.service()), load));
      }
    }
    EndpointDump dump =
        new EndpointDump(
            routing.table().installationId(),
            feed.generationApplied(),
            feed.isConnected(),
            feed.refused(),
            services);
    return Content.json(dump);
  }
}
