package io.fleetserve.loadbalancer.http2;

import io.fleetserve.loadbalancer.http.EncodedHead;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/// Request heads as HTTP/2 fields. Thread-safe: stateless.
public final class RequestFields {
  private static final AsciiString HTTP = AsciiString.cached("http");
  private static final AsciiString TE = AsciiString.cached("te");
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");
  private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");

  private RequestFields() {}

  /// A call of gRPC says that trailers are understood, as its servers may demand.
  public static Http2Headers of(EncodedHead head) {
    Http2Headers out = new DefaultHttp2Headers(false, 24);
    out.method(head.method()).scheme(HTTP).authority(head.host()).path(head.target());
    ResponseFields.copy(head.fields(), out);
    if (head.contentLength() >= 0) {
      out.addLong(CONTENT_LENGTH, head.contentLength());
    }
    return head.isGrpc() ? out.add(TE, TRAILERS) : out;
  }
}
