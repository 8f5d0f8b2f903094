package io.fleetserve.agent;

import io.fleetserve.api.wire.AgentBoot;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The agent's calls to the controller: addresses and the token. Immutable, thread-safe.
final class ControllerLink {
  /// Answer of the controller when this generation is not wanted any more.
  static final int GONE = 410;

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int ANSWER_LIMIT = 64 << 10;

  private final String host;
  private final int port;
  private final String path;
  private final Map<String, String> headers;
  private final int generation;

  ControllerLink(AgentBoot boot) {
    URI url = URI.create(boot.controllerUrl());
    if (!"http".equals(url.getScheme()) || url.getHost() == null) {
      throw new IllegalArgumentException(
          "controllerUrl: " + boot.controllerUrl() + " (expected: http://host:port)");
    }
    String bare = url.getHost();
    this.host = bare.startsWith("[") ? bare.substring(1, bare.length() - 1) : bare;
    this.port = url.getPort() < 0 ? 80 : url.getPort();
    String base = url.getPath() == null ? "" : url.getPath().replaceFirst("/+$", "");
    this.path = base + "/api/v1/agents/" + boot.service() + "/" + boot.replicaId();
    this.headers = Map.of("Authorization", "Bearer " + boot.token());
    this.generation = boot.generation();
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
    Map<String, String> all = new java.util.LinkedHashMap<>(headers);
    all.put(header, value);
    return HttpCall.send(host, port, method, path + resource, all, body, TIMEOUT_MILLIS);
  }
}
