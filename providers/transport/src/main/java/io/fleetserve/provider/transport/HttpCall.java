package io.fleetserve.provider.transport;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One request.
///
/// @param target path and query, as they go on the wire
/// @param headers beside those of the [HttpCaller]; may hold secrets
/// @param body null means none
/// @param timeout for the whole exchange
public record HttpCall(
    String method,
    String target,
    Map<String, String> headers,
    @Nullable HttpBody body,
    Duration timeout) {
  public HttpCall {
    headers = Map.copyOf(headers);
  }

  public static HttpCall get(String target, Duration timeout) {
    return new HttpCall("GET", target, Map.of(), null, timeout);
  }

  public static HttpCall delete(String target, Duration timeout) {
    return new HttpCall("DELETE", target, Map.of(), null, timeout);
  }

  public static HttpCall post(String target, @Nullable HttpBody body, Duration timeout) {
    return new HttpCall("POST", target, Map.of(), body, timeout);
  }

  @Override
  public String toString() {
    return method + " " + target;
  }
}
