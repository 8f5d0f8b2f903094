package io.fleetserve.loadbalancer.admin;

import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadReport.ServiceLoad;
import io.fleetserve.loadbalancer.admin.AdminServer.Content;
import io.fleetserve.loadbalancer.admin.EndpointDump.ServiceDump;
import io.fleetserve.loadbalancer.control.EndpointFeed;
import io.fleetserve.loadbalancer.control.LoadReports;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.frontend.DataPlane;
import io.fleetserve.loadbalancer.telemetry.AccessLog;
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
  private final BooleanSupplier stopping;

  /// @param stopping whether the program is on its way out
  public AdminPages(
      Routing routing,
      DataPlane plane,
      EndpointFeed feed,
      LoadReports reports,
      @Nullable AccessLog log,
      BooleanSupplier stopping) {
    this.routing = routing;
    this.plane = plane;
    this.feed = feed;
    this.reports = reports;
    this.log = log;
    this.stopping = stopping;
  }

  public Map<String, AdminServer.Page> byPath() {
    return Map.of(
        "/health", this::health,
        "/ready", this::ready,
        "/metrics", this::metrics,
        "/endpoints", this::endpoints);
  }

  /// 200 while the program runs. Behind `ok` a line for each port that cannot be opened now.
  private Content health() {
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
    return new Content(200, "text/plain", text.toString());
  }

  /// 200 once endpoints are known and until the program stops.
  private Content ready() {
    if (stopping.getAsBoolean()) {
      return new Content(503, "text/plain", "stopping\n");
    }
    return feed.generationApplied() < 0
        ? new Content(503, "text/plain", "no endpoints yet\n")
        : new Content(200, "text/plain", "ready\n");
  }

  private Content metrics() {
    Metrics.ProcessValues process =
        new Metrics.ProcessValues(
            feed.generationApplied(),
            feed.isConnected(),
            plane.listeners().connections(),
            plane.listeners().pauses(),
            plane.listeners().refusals(),
            log == null ? 0 : log.droppedBytes());
    return new Content(
        200,
        "text/plain; version=0.0.4",
        Metrics.scrape(process, reports.services(), routing.table().byName().values()));
  }

  private Content endpoints() {
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
    return new Content(200, "application/json", Json.MAPPER.writeValueAsString(dump));
  }
}
