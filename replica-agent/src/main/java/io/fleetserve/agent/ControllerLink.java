package io.fleetserve.agent;

import io.fleetserve.api.wire.AgentBoot;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The agent's calls to the controller: addresses, and the token or, from another machine, the
/// certificate. Thread-safe.
final class ControllerLink {
  /// Answer of the controller when this generation is not wanted any more.
  static final int GONE = 410;

  private static final int FORBIDDEN = 403;

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int ANSWER_LIMIT = 64 << 10;

  private final String host;
  private final int port;
  private final String path;
  private final Map<String, String> bearer;
  private final @Nullable Membership membership;
  private final int generation;

  /// @throws IllegalArgumentException when the address is none, or `https` without an authority
  ControllerLink(AgentBoot boot) {
    URI url = URI.create(boot.controllerUrl());
    String authority = boot.authority();
    String scheme = authority == null ? "http" : "https";
    if (!scheme.equals(url.getScheme()) || url.getHost() == null) {
      throw new IllegalArgumentException(
          "controllerUrl: " + boot.controllerUrl() + " (expected: " + scheme + "://host:port)");
    }
    String bare = url.getHost();
    this.host = bare.startsWith("[") ? bare.substring(1, bare.length() - 1) : bare;
    this.port = url.getPort() >= 0 ? url.getPort() : authority == null ? 80 : 443;
    String base = url.getPath() == null ? "" : url.getPath().replaceFirst("/+$", "");
    this.path = base + "/api/v1/agents/" + boot.service() + "/" + boot.replicaId();
    this.bearer = Map.of("Authorization", "Bearer " + boot.token());
    this.membership = authority == null ? null : new Membership(boot, authority);
    this.generation = boot.generation();
  }

  /// Where the controller is dialled, `host:port`.
  String address() {
    return TimedSocket.authority(host, port);
  }

  /// Status and body of a finished call.
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record Answer(int status, byte[] body) {}

  Answer report(byte[] json) throws IOException {
    return post("/reports", "application/json", json);
  }

  Answer log(long offset, byte[] bytes) throws IOException {
    String query = "?generation=" + generation + "&offset=" + offset;
    return post("/logs" + query, "application/octet-stream", bytes);
  }

  /// The open stream of commands; the caller closes it.
  HttpCall commands() throws IOException {
    return send("GET", "/commands?generation=" + generation, "Accept", "text/event-stream", null);
  }

  private Answer post(String resource, String type, byte[] body) throws IOException {
    try (HttpCall call = send("POST", resource, "Content-Type", type, body)) {
      return new Answer(call.status(), call.body(ANSWER_LIMIT));
    }
  }

  private HttpCall send(
      String method, String resource, String header, String value, byte @Nullable [] body)
      throws IOException {
    if (membership == null) {
      return HttpCall.send(
          host, port, method, path + resource, with(bearer, header, value), body, TIMEOUT_MILLIS);
    }
    SSLContext context = membership.context(this::certify);
    return over(context, method, resource, with(Map.of(), header, value), body);
  }

  /// What tunnels to load balancers are made with; empty for an agent that has no certificate, as
  /// on the controller's own machine.
  Optional<Tunnels.Contexts> certificates() {
    Membership member = membership;
    return member == null ? Optional.empty() : Optional.of(() -> member.context(this::certify));
  }

  private static Map<String, String> with(Map<String, String> headers, String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return all;
  }

  private HttpCall over(
      SSLContext context,
      String method,
      String resource,
      Map<String, String> headers,
      byte @Nullable [] body)
      throws IOException {
    Membership member = Objects.requireNonNull(membership);
    TimedSocket socket =
        TimedSocket.connect(
            host, port, TIMEOUT_MILLIS, plain -> member.secure(context, plain, host, port));
    return HttpCall.over(
        socket, TimedSocket.authority(host, port), method, path + resource, headers, body);
  }

  private Membership.Answer certify(byte[] request, SSLContext context, boolean joining)
      throws IOException {
    String resource = (joining ? "/join" : "/certificate") + "?generation=" + generation;
    Map<String, String> headers =
        with(joining ? bearer : Map.of(), "Content-Type", "application/pkcs10");
    try (HttpCall call = over(context, "POST", resource, headers, request)) {
      byte[] answer = call.body(ANSWER_LIMIT);
      if (call.status() == GONE || call.status() == FORBIDDEN) {
        throw new NotWantedException(call.statusText());
      }
      if (call.status() != 200) {
        throw new IOException("the controller gave no certificate: " + call.statusText());
      }
      return WireReader.certificate(answer);
    } catch (IllegalArgumentException e) {
      throw new IOException("the controller's certificate: " + e.getMessage(), e);
    }
  }
}
