package io.fleetserve.examples.embeddings;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A refusal in the shape OpenAI clients understand.
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;

  private ApiError(int status, String type, String message) {
    super(message);
    this.status = status;
    this.type = type;
  }

  static ApiError invalid(String message) {
    return new ApiError(400, "invalid_request_error", message);
  }

  static ApiError notFound(String path) {
    return new ApiError(404, "invalid_request_error", "no such path: " + path);
  }

  static ApiError wrongMethod(String method, String path, String allowed) {
    return new ApiError(
        405, "invalid_request_error", "%s %s: expected %s".formatted(method, path, allowed));
  }

  static ApiError tooLarge(int maxBytes) {
    return new ApiError(413, "invalid_request_error", "the body exceeds " + maxBytes + " bytes");
  }

  static ApiError loading() {
    return new ApiError(503, "unavailable_error", "Loading model");
  }

  static ApiError internal(Throwable cause) {
    return new ApiError(500, "server_error", "embedding failed: " + cause);
  }

  int status() {
    return status;
  }

  ObjectNode json() {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.putObject("error")
        .put("message", String.valueOf(getMessage()))
        .put("type", type)
        .putNull("param")
        .putNull("code");
    return body;
  }
}
