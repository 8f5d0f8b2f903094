package io.fleetserve.controller.http;

import io.fleetserve.api.wire.Json;
import io.fleetserve.controller.problem.Problems;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/// One request and its answer. Confined to the request's thread.
public final class Exchange {
  private static final int BODY_LIMIT = 4 << 20;
  private static final String BEARER = "Bearer ";

  private final ServerRequest request;
  private final ServerResponse response;
  private boolean streaming;

  Exchange(ServerRequest request, ServerResponse response) {
    this.request = request;
    this.response = response;
  }

  /// A parameter of the path.
  String path(String name) {
    return request.path().pathParameters().get(name);
  }

  /// A whole number in the path; anything else is a bad request.
  int pathNumber(String name) {
    return (int) number(name, path(name), 0, Integer.MAX_VALUE);
  }

  Optional<String> query(String name) {
    return request.query().contains(name)
        ? Optional.of(request.query().get(name))
        : Optional.empty();
  }

  long queryNumber(String name, long standard, long lowest, long highest) {
    return query(name).map(text -> number(name, text, lowest, highest)).orElse(standard);
  }

  boolean queryFlag(String name) {
    return query(name)
        .map(text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default ->
                  throw Problems.badRequest(name + ": " + text + " (expected: true or false)");
            })
        .orElse(false);
  }

  private static long number(String name, String text, long lowest, long highest) {
    try {
      long number = Long.parseLong(text);
      if (number >= lowest && number <= highest) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // answered below
    }
    throw Problems.badRequest(
        name + ": " + text + " (expected: a whole number " + lowest + ".." + highest + ")");
  }

  Optional<String> header(String name) {
    return request.headers().first(HeaderNames.create(name));
  }

  /// The token presented; empty when there is none.
  Optional<String> bearer() {
    return request
        .headers()
        .first(HeaderNames.AUTHORIZATION)
        .filter(text -> text.startsWith(BEARER))
        .map(text -> text.substring(BEARER.length()).strip());
  }

  /// Whether the connection is encrypted.
  boolean isSecure() {
    return request.isSecure();
  }

  /// The client's certificate, which an authority that this listener trusts has signed; empty when
  /// it has shown none.
  Optional<X509Certificate> certificate() {
    return request
        .remotePeer()
        .tlsCertificates()
        .filter(chain -> chain.length > 0)
        .map(chain -> chain[0] instanceof X509Certificate certificate ? certificate : null);
  }

  /// Address of the other end.
  String peer() {
    return request.remotePeer().host();
  }

  /// The whole body, 4 MiB at most.
  byte[] bytes() throws IOException {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    try (InputStream in = request.content().inputStream()) {
      byte[] bytes = in.readNBytes(BODY_LIMIT + 1);
      if (bytes.length > BODY_LIMIT) {
        throw Problems.tooLarge(BODY_LIMIT);
      }
      return bytes;
    }
  }

  /// The JSON body.
  <T> T body(Class<T> type) throws IOException {
    byte[] bytes = bytes();
    if (bytes.length == 0) {
      throw Problems.badRequest(
          "the body is empty (expected: JSON of " + type.getSimpleName() + ")");
    }
    try {
      T value = Json.MAPPER.readValue(bytes, type);
      if (value == null) {
        throw Problems.badRequest("the body is null (expected: " + type.getSimpleName() + ")");
      }
      return value;
    } catch (JacksonException wrong) {
      throw Problems.badRequest(
          "the body is not JSON of " + type.getSimpleName() + ": " + wrong.getOriginalMessage());
    }
  }

  void json(int status, Object value) {
    send(status, "application/json", Json.MAPPER.writeValueAsBytes(value));
  }

  void problem(io.fleetserve.api.wire.Problem problem) {
    send(problem.status(), "application/problem+json", Json.MAPPER.writeValueAsBytes(problem));
  }

  void text(String contentType, String text) {
    send(200, contentType, text.getBytes(StandardCharsets.UTF_8));
  }

  void noContent() {
    response.status(204).send();
  }

  private void send(int status, String contentType, byte[] bytes) {
    response.status(status).header("Content-Type", contentType).send(bytes);
  }

  /// Sends a file, with its SHA-256 as `Repr-Digest` (RFC 9530).
  void file(Path file, String contentType, byte[] sha256) throws IOException {
    response
        .status(200)
        .header("Content-Type", contentType)
        .header("Content-Length", Long.toString(Files.size(file)))
        .header("Repr-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":");
    streaming = true;
    try (OutputStream out = response.outputStream()) {
      Files.copy(file, out);
    }
  }

  /// Starts an answer of unknown length. The caller closes the stream; each flush is sent.
  OutputStream stream(String contentType) {
    streaming = true;
    response.status(200).header("Content-Type", contentType).header("Cache-Control", "no-store");
    return response.outputStream();
  }

  /// True when at least the head of the answer is on its way.
  boolean hasBegun() {
    return streaming || response.isSent();
  }
}
