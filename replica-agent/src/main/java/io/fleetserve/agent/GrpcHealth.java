package io.fleetserve.agent;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The gRPC health checking protocol, `grpc.health.v1.Health/Check`: one unary call whose messages
/// have one field each, so they are written and read by hand. Pure.
final class GrpcHealth {
  static final String PATH = "/grpc.health.v1.Health/Check";

  private static final int PREFIX = 5;
  private static final int SERVICE_FIELD = (1 << 3) | 2;
  private static final int STATUS_FIELD = 1 << 3;
  private static final List<String> STATUS =
      List.of("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN");
  private static final List<String> CODES =
      List.of(
          "OK",
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  private GrpcHealth() {}

  /// `HealthCheckRequest` with its length in front.
  ///
  /// @param service empty asks for the server as a whole
  static byte[] request(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    if (name.length == 0) {
      return new byte[PREFIX];
    }
    ByteBuffer message = ByteBuffer.allocate(name.length + 6);
    message.put((byte) SERVICE_FIELD);
    int rest = name.length;
    for (; rest >= 128; rest >>= 7) {
      message.put((byte) ((rest & 127) | 128));
    }
    message.put((byte) rest).put(name).flip();
    ByteBuffer framed = ByteBuffer.allocate(PREFIX + message.remaining());
    framed.put((byte) 0).putInt(message.remaining()).put(message);
    return framed.array();
  }

  /// What an answer means.
  ///
  /// @param body `HealthCheckResponse` with its length in front; empty when the call failed
  /// @param code `grpc-status` of the trailers; null when there was none
  /// @param message `grpc-message`; null when there was none
  static ProbeResult result(
      int httpStatus, byte[] body, @Nullable String code, @Nullable String message) {
    if (httpStatus != 200) {
      return notReady("answered no gRPC: HTTP status " + httpStatus);
    }
    if (code == null) {
      return notReady("answered no gRPC: no grpc-status");
    }
    if (!code.equals("0")) {
      String said = message == null ? "" : ": " + unescaped(message);
      return notReady(name(code) + said);
    }
    try {
      int status = status(body);
      String line = status < STATUS.size() ? STATUS.get(status) : "status " + status;
      return status == 1 ? new ProbeResult(ProbeResult.Kind.READY, line) : notReady(line);
    } catch (IOException e) {
      return notReady("answered no gRPC: " + e.getMessage());
    }
  }

  private static ProbeResult notReady(String line) {
    return new ProbeResult(ProbeResult.Kind.NOT_READY, line);
  }

  private static String name(String code) {
    for (int number = 0; number < CODES.size(); number++) {
      if (code.equals(Integer.toString(number))) {
        return CODES.get(number);
      }
    }
    return "grpc-status " + code;
  }

  /// `grpc-message` is percent-encoded; what is not is shown as it came.
  private static String unescaped(String message) {
    try {
      return URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException ignored) {
      return message;
    }
  }

  /// Field 1 of the message; 0, the default of an enum, when it is absent. Others are skipped.
  private static int status(byte[] body) throws IOException {
    ByteBuffer message = ByteBuffer.wrap(body);
    if (message.remaining() < PREFIX || message.get() != 0 || message.getInt() > body.length - 5) {
      throw new IOException("no message");
    }
    int status = 0;
    while (message.hasRemaining()) {
      int tag = varint(message);
      if (tag == STATUS_FIELD) {
        status = varint(message);
      } else {
        skip(message, tag & 7);
      }
    }
    return status;
  }

  private static void skip(ByteBuffer message, int wireType) throws IOException {
    int length =
        switch (wireType) {
          case 0 -> {
            varint(message);
            yield 0;
          }
          case 1 -> 8;
          case 2 -> varint(message);
          case 5 -> 4;
          default -> throw new IOException("a field of an unknown type");
        };
    if (length > message.remaining()) {
      throw new IOException("a message that is cut off");
    }
    message.position(message.position() + length);
  }

  private static int varint(ByteBuffer message) throws IOException {
    int value = 0;
    for (int shift = 0; message.hasRemaining() && shift <= 21; shift += 7) {
      int next = message.get();
      value |= (next & 127) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a message that is cut off");
  }
}
