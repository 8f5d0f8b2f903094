package io.fleetserve.loadbalancer.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/// An answer of the load balancer itself: an error as JSON, in the form that clients of model
/// servers know.
///
/// @param status 4xx or 5xx
/// @param type kind of error for programs, for example `no_replica`
/// @param message what happened, for people; no secret, no part of the request
/// @param retryAfterSeconds when to come again; 0 means: do not say
public record OwnAnswer(int status, String type, String message, int retryAfterSeconds) {

  /// Encodes head and body; the caller owns the buffer.
  ///
  /// @param headOnly answer to HEAD
  /// @param requestId ASCII; empty when the request was not understood
  public ByteBuf encode(
      ByteBufAllocator allocator, boolean headOnly, boolean close, byte[] requestId) {
    String body = json();
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    head.append("Content-Type: application/json\r\nContent-Length: ");
    head.append(body.getBytes(StandardCharsets.UTF_8).length).append("\r\n");
    if (retryAfterSeconds > 0) {
      head.append("Retry-After: ").append(retryAfterSeconds).append("\r\n");
    }
    if (requestId.length > 0) {
      head.append("X-Request-Id: ").append(Octets.text(requestId, 0, requestId.length));
      head.append("\r\n");
    }
    head.append(close ? "Connection: close\r\n\r\n" : "\r\n");
    ByteBuf out = allocator.directBuffer(head.length() + body.length() + 16);
    ByteBufUtil.writeAscii(out, head);
    if (!headOnly) {
      ByteBufUtil.writeUtf8(out, body);
    }
    return out;
  }

  /// The body: JSON, ended by a new line.
  public String json() {
    return "{\"error\":{\"message\":\""
        + message
        + "\",\"type\":\""
        + type
        + "\",\"code\":"
        + status
        + "}}\n";
  }

  private static String reason(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 421 -> "Misdirected Request";
      case 408 -> "Request Timeout";
      case 414 -> "URI Too Long";
      case 417 -> "Expectation Failed";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      case 505 -> "HTTP Version Not Supported";
      case 508 -> "Loop Detected";
      default -> "Error";
    };
  }
}
