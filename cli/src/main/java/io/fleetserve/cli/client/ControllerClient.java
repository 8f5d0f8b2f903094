package io.fleetserve.cli.client;

import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.wire.AgentView;
import io.fleetserve.api.wire.ControllerInfo;
import io.fleetserve.api.wire.DecisionView;
import io.fleetserve.api.wire.EventView;
import io.fleetserve.api.wire.InfraView;
import io.fleetserve.api.wire.Plan;
import io.fleetserve.api.wire.RollbackRequest;
import io.fleetserve.api.wire.ServiceRequest;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.api.wire.VersionView;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The controller's REST API, as far as people need it. Thread-safe. Every method throws
/// [ProblemException] for an error answer and [ControllerGone] when there is none.
public final class ControllerClient {
  private static final String API = "/api/v1";

  private final Http http;
  private final JsonMapper json;

  public ControllerClient(String url, String token, JsonMapper json) {
    this.http = new Http(url + API, token, json);
    this.json = json;
  }

  public ControllerInfo health() {
    return json.readValue(http.call("GET", "/health", null), ControllerInfo.class);
  }

  /// Every provider with its places, asked now: takes as long as the slowest of them.
  public List<InfraView> infra() {
    return List.of(json.readValue(http.call("GET", "/infra", null), InfraView[].class));
  }

  /// The agents of replicas on other machines.
  public List<AgentView> agents() {
    return List.of(json.readValue(http.call("GET", "/agents", null), AgentView[].class));
  }

  /// Makes what a replica's agent has to prove itself worthless, and ends the replica.
  public ServiceView revoke(String name, int replicaId) {
    byte[] body = http.call("POST", service("/replicas/" + replicaId + "/revoke", name), null);
    return json.readValue(body, ServiceView.class);
  }

  public List<ServiceView> services() {
    return List.of(json.readValue(http.call("GET", "/services", null), ServiceView[].class));
  }

  /// Empty when there is no such service.
  public Optional<ServiceView> service(String name) {
    try {
      byte[] body = http.call("GET", service("", name), null);
      return Optional.of(json.readValue(body, ServiceView.class));
    } catch (ProblemException e) {
      if (e.is("no-such-service")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  public Plan plan(@Nullable String name, SpecSource source) {
    byte[] body = http.call("POST", "/plans", new ServiceRequest(name, source, null));
    return json.readValue(body, Plan.class);
  }

  public ServiceView create(@Nullable String name, SpecSource source) {
    byte[] body = http.call("POST", "/services", new ServiceRequest(name, source, null));
    return json.readValue(body, ServiceView.class);
  }

  public VersionView update(String name, SpecSource source, @Nullable String mode) {
    ServiceRequest request = new ServiceRequest(name, source, mode);
    return json.readValue(
        http.call("POST", service("/versions", name), request), VersionView.class);
  }

  /// Makes a new version with the content of an old one.
  ///
  /// @param version null means the one before the current
  public VersionView rollback(String name, @Nullable Integer version) {
    byte[] body = http.call("POST", service("/rollback", name), new RollbackRequest(version));
    return json.readValue(body, VersionView.class);
  }

  public List<VersionView> versions(String name) {
    byte[] body = http.call("GET", service("/versions", name), null);
    return List.of(json.readValue(body, VersionView[].class));
  }

  /// The last decisions, oldest first.
  ///
  /// @param replay have each made again
  public List<DecisionView> decisions(String name, int limit, boolean replay) {
    byte[] body =
        http.call("GET", service("/decisions?limit=" + limit + "&replay=" + replay, name), null);
    return List.of(json.readValue(body, DecisionView[].class));
  }

  public void end(String name, boolean purge) {
    http.call("DELETE", service("", name) + "?purge=" + purge, null);
  }

  public void endReplica(String name, int replicaId) {
    http.call("DELETE", service("/replicas/" + replicaId, name), null);
  }

  /// Events `service` with a [ServiceView] at every change, `gone`, `heartbeat`.
  public EventStream watch(String name) {
    return new EventStream(http.stream(service("/watch", name)));
  }

  /// Events after `after`, oldest first.
  ///
  /// @param service null means all
  public List<EventView> events(@Nullable String service, long after, int limit) {
    byte[] body = http.call("GET", eventsPath(service, after, limit), null);
    return List.of(json.readValue(body, EventView[].class));
  }

  /// Events `event` with an [EventView] each, those after `after` first.
  public EventStream followEvents(@Nullable String service, long after, int limit) {
    return new EventStream(http.stream(eventsPath(service, after, limit) + "&follow=true", 0));
  }

  private static String eventsPath(@Nullable String service, long after, int limit) {
    String filter = service == null ? "" : "&service=" + encoded(service);
    return "/events?after=" + after + "&limit=" + limit + filter;
  }

  /// What a replica printed.
  ///
  /// @param tail lines from the end; 0 means all there is
  /// @param follow the answer ends when the replica is gone
  public InputStream logs(String name, int replicaId, int tail, boolean follow) {
    return http.stream(
        service("/replicas/" + replicaId + "/logs", name)
            + "?follow="
            + follow
            + (tail > 0 ? "&tail=" + tail : ""),
        0);
  }

  /// The log of one of our own programs.
  ///
  /// @param program `controller` or `loadbalancer`
  public InputStream programLogs(String program, int tail) {
    return http.stream("/logs/" + program + (tail > 0 ? "?tail=" + tail : ""), 0);
  }

  /// Asks the controller to stop; refused with `services-exist` unless `keepServing`.
  ///
  /// @param keepServing leave load balancer and replicas running
  public void stop(boolean keepServing) {
    http.call("POST", "/stop", Map.of("keep_serving", keepServing));
  }

  /// Replaces the load balancer's process; returns when the new one serves.
  public ControllerInfo restartLoadBalancer() {
    return json.readValue(http.call("POST", "/restart-load-balancer", null), ControllerInfo.class);
  }

  private static String service(String rest, String name) {
    return "/services/" + encoded(name) + rest;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
