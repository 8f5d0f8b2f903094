package io.fleetserve.loadbalancer.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.http.HeadLimits;
import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/// HTTP/2 fields of arbitrary bytes: written as an HTTP/1.1 head they have exactly one line each,
/// and nothing in them ends a line or the head.
public final class FieldsFuzz {
  private static final int ROOM = 32 << 10;

  private FieldsFuzz() {}

  /// Called by the fuzzer with each input: whether a body follows, then names and values, each
  /// ended by NUL.
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    boolean bodiless = (input[0] & 1) == 0;
    Http2Headers fields = fields(input);
    byte[] out = new byte[ROOM + 64];
    int length;
    try {
      length = new RequestText(out).write(fields, bodiless);
    } catch (MalformedMessage refused) {
      assertThat(refused.status()).isBetween(400, 505);
      return;
    }
    String text = new String(out, 0, length, StandardCharsets.ISO_8859_1);
    assertThat(text.indexOf("\r\n\r\n")).isEqualTo(length - 4);
    assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n", "\0");
    assertThat(text.split("\r\n").length).isBetween(2, fields.size() + 5);
    RequestHead head = new RequestHead(HeadLimits.DEFAULT);
    try {
      head.parse(out, length);
    } catch (MalformedMessage refused) {
      return;
    }
    assertThat(head.isChunked() && bodiless).isFalse();
    String method = String.valueOf(fields.method());
    assertThat(head.method()).isEqualTo(method.equals("CONNECT") ? "GET" : method);
  }

  private static Http2Headers fields(byte[] input) {
    Http2Headers fields = new DefaultHttp2Headers(false);
    int at = 1;
    while (at < input.length) {
      int name = end(input, at);
      int value = end(input, Math.min(name + 1, input.length));
      fields.add(
          new AsciiString(input, at, name - at, true),
          new AsciiString(
              input,
              Math.min(name + 1, input.length),
              value - Math.min(name + 1, input.length),
              true));
      at = value + 1;
    }
    return fields;
  }

  private static int end(byte[] input, int from) {
    int i = from;
    while (i < input.length && input[i] != 0) {
      i++;
    }
    return i;
  }
}
