package io.fleetserve.loadbalancer.http2;

import io.fleetserve.loadbalancer.http.HeaderFields;
import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.http.OwnAnswer;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/// Response heads and trailer sections as HTTP/2 fields. Thread-safe: stateless.
public final class ResponseFields {
  private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
  private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
  private static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
  private static final AsciiString RETRY_AFTER = AsciiString.cached("retry-after");
  private static final AsciiString VIA = AsciiString.cached("via");
  private static final AsciiString US = AsciiString.cached("1.1 fleetserve");
  private static final AsciiString ACCEPT = AsciiString.cached("sec-websocket-accept");

  private ResponseFields() {}

  /// The head that was parsed last, with what every answer gets of us.
  public static Http2Headers of(ResponseHead head, byte[] requestId) {
    Http2Headers out = start(head.status());
    copy(head.fields(), out);
    if (head.status() >= 200 && head.status() != 204 && head.contentLength() >= 0) {
      out.addLong(CONTENT_LENGTH, head.contentLength());
    }
    if (!head.hasRequestId() && !head.isInterim()) {
      out.add(REQUEST_ID, new AsciiString(requestId));
    }
    return out.add(VIA, US);
  }

  /// The answer to an extended CONNECT that a replica answered by 101, RFC 8441 section 5.
  public static Http2Headers ofTunnel(ResponseHead head, byte[] requestId) {
    Http2Headers out = start(200);
    copy(head.fields(), out);
    out.remove(ACCEPT);
    return out.add(REQUEST_ID, new AsciiString(requestId)).add(VIA, US);
  }

  /// An answer of the load balancer itself.
  ///
  /// @param length of the body in bytes
  public static Http2Headers of(OwnAnswer answer, byte[] requestId, int length) {
    Http2Headers out = start(answer.status());
    out.add(CONTENT_TYPE, AsciiString.cached("application/json"));
    out.addLong(CONTENT_LENGTH, length);
    if (answer.retryAfterSeconds() > 0) {
      out.addInt(RETRY_AFTER, answer.retryAfterSeconds());
    }
    if (requestId.length > 0) {
      out.add(REQUEST_ID, new AsciiString(requestId));
    }
    return out;
  }

  /// An answer of the load balancer itself to a gRPC call: a response that is trailers only, with
  /// the code that the gRPC specification gives to the HTTP status.
  public static Http2Headers ofGrpc(OwnAnswer answer, byte[] requestId) {
    int code =
        switch (answer.status()) {
          case 400, 431 -> 13;
          case 404, 501 -> 12;
          case 429, 502, 503, 504 -> 14;
          default -> 2;
        };
    Http2Headers out = start(200);
    out.add(CONTENT_TYPE, AsciiString.cached("application/grpc"));
    out.addInt(AsciiString.cached("grpc-status"), code);
    out.add(AsciiString.cached("grpc-message"), AsciiString.of(answer.message()));
    if (requestId.length > 0) {
      out.add(REQUEST_ID, new AsciiString(requestId));
    }
    return out;
  }

  /// A trailer section.
  public static Http2Headers of(HeaderFields trailers) {
    Http2Headers out = new DefaultHttp2Headers(false, trailers.count());
    copy(trailers, out);
    return out;
  }

  private static Http2Headers start(int status) {
    return new DefaultHttp2Headers(false, 16).status(AsciiString.cached(Integer.toString(status)));
  }

  static void copy(HeaderFields fields, Http2Headers out) {
    fields.forEach((b, name, nameEnd, value, valueEnd) ->
        out.add(lower(b, name, nameEnd), new AsciiString(b, value, valueEnd - value, true)));
  }

  private static AsciiString lower(byte[] b, int start, int end) {
    byte[] name = new byte[end - start];
    for (int i = 0; i < name.length; i++) {
      name[i] = (byte) Octets.lower(b[start + i]);
    }
    return new AsciiString(name, false);
  }
}
