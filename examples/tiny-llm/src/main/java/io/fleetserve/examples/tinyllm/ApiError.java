package io.fleetserve.examples.tinyllm;

import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A refusal in the shape OpenAI clients understand.
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String param;
  private final String code;

  private ApiError(int status, String type, String param, String code, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  /// 400: a value the server cannot take.
  static ApiError invalid(String param, String message) {
    return new ApiError(400, "invalid_request_error", param, "", message);
  }

  static ApiError tooLong(String param, int promptTokens, int contextTokens) {
    String message =
        "the prompt has %d tokens, and prompt and answer share a context of %d"
            .formatted(promptTokens, contextTokens);
    return new ApiError(400, "invalid_request_error", param, "context_length_exceeded", message);
  }

  static ApiError notFound(String path) {
    return new ApiError(404, "invalid_request_error", "", "not_found", "no such path: " + path);
  }

  static ApiError wrongMethod(String method, String path, String allowed) {
    return new ApiError(
        405,
        "invalid_request_error",
        "",
        "method_not_allowed",
        "%s %s: expected %s".formatted(method, path, allowed));
  }

  static ApiError tooLarge(int maxBytes) {
    return new ApiError(
        413, "invalid_request_error", "", "too_large", "the body exceeds " + maxBytes + " bytes");
  }

  static ApiError loading() {
    return new ApiError(503, "unavailable_error", "", "loading", "Loading model");
  }

  static ApiError full(int waiting) {
    return new ApiError(
        503, "unavailable_error", "", "queue_full", waiting + " requests are waiting already");
  }

  static ApiError internal(Throwable cause) {
    ApiError error = new ApiError(500, "server_error", "", "", "generation failed: " + cause);
    error.initCause(cause);
    return error;
  }

  /// HTTP status, 400 to 503.
  int status() {
    return status;
  }

  /// The machine-readable code, if there is one.
  Optional<String> code() {
    return code.isEmpty() ? Optional.empty() : Optional.of(code);
  }

  ObjectNode json() {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    ObjectNode error =
        body.putObject("error").put("message", String.valueOf(getMessage())).put("type", type);
    put(error, "param", param);
    put(error, "code", code);
    return body;
  }

  private static void put(ObjectNode node, String name, String value) {
    if (value.isEmpty()) {
      node.putNull(name);
    } else {
      node.put(name, value);
    }
  }
}
