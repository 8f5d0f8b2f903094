package io.fleetserve.cli.client;

import io.fleetserve.api.wire.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// HTTP calls with the controller's token. Thread-safe.
///
/// On HttpURLConnection: a first call takes half the start-up time of `java.net.http`, and every
/// command is a first call.
final class Http {
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

  /// Longer than any answer takes that is not a stream.
  private static final int ANSWER_TIMEOUT_MILLIS = 60_000;

  /// Three missed heartbeats.
  private static final int SILENCE_TIMEOUT_MILLIS = 16_000;

  private final String base;
  private final String token;
  private final JsonMapper json;

  /// Calls below one base URL.
  ///
  /// @param base URL without a slash at its end
  Http(String base, String token, JsonMapper json) {
    this.base = base;
    this.token = token;
    this.json = json;
  }

  /// Sends a request and returns the body of its answer.
  ///
  /// @param body sent as JSON; null means none
  /// @throws ProblemException when the answer is an error
  /// @throws ControllerGone when there is no answer
  byte[] call(String method, String path, @Nullable Object body) {
    try (InputStream answer = open(method, path, body, ANSWER_TIMEOUT_MILLIS)) {
      return answer.readAllBytes();
    } catch (IOException e) {
      throw new ControllerGone(method + " " + path, e);
    }
  }

  /// Opens an answer that has no set end; reading fails after 16 s of silence.
  InputStream stream(String path) {
    return stream(path, SILENCE_TIMEOUT_MILLIS);
  }

  /// Opens an answer that has no set end.
  ///
  /// @param silenceMillis longest pause inside the answer; 0 means any
  InputStream stream(String path, int silenceMillis) {
    try {
      return open("GET", path, null, silenceMillis);
    } catch (IOException e) {
      throw new ControllerGone("GET " + path, e);
    }
  }

  private InputStream open(String method, String path, @Nullable Object body, int timeoutMillis)
      throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(base + path).toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
    connection.setReadTimeout(timeoutMillis);
    connection.setRequestMethod(method);
    connection.setRequestProperty("Authorization", "Bearer " + token);
    connection.setInstanceFollowRedirects(false);
    if (body != null) {
      byte[] bytes = json.writeValueAsBytes(body);
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setFixedLengthStreamingMode(bytes.length);
      try (var out = connection.getOutputStream()) {
        out.write(bytes);
      }
    }
    int status = connection.getResponseCode();
    if (status < 400) {
      return connection.getInputStream();
    }
    throw new ProblemException(problem(status, connection));
  }

  private Problem problem(int status, HttpURLConnection connection) throws IOException {
    InputStream body = connection.getErrorStream();
    byte[] bytes = body == null ? new byte[0] : body.readAllBytes();
    try {
      if (bytes.length > 0 && json.readTree(bytes) instanceof ObjectNode document) {
        if (!document.path("errors").isArray()) {
          document.putArray("errors");
        }
        return json.treeToValue(document, Problem.class);
      }
    } catch (JacksonException ignored) {
      // Not a problem document; the text says what there is to say.
    }
    String text = new String(bytes, StandardCharsets.UTF_8).strip();
    return new Problem(
        "about:blank",
        "HTTP " + status,
        status,
        "the controller answered " + status + (text.isEmpty() ? "" : ": " + text),
        List.of());
  }
}
