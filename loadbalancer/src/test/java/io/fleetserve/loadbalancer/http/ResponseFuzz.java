package io.fleetserve.loadbalancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.http.ResponseEncoder.Persistence;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A response head of arbitrary bytes: it is found the same in one piece and byte by byte, and what
/// is forwarded of it is read again as the same head.
public final class ResponseFuzz {
  private ResponseFuzz() {}

  /// Called by the fuzzer with each input.
  public static void fuzzerTestOneInput(byte[] input) {
    int whole = scan(input, Math.max(1, input.length));
    assertThat(scan(input, 1)).isEqualTo(whole);
    if (whole <= 0) {
      return;
    }
    byte[] head = new byte[whole + 64];
    System.arraycopy(input, 0, head, 0, whole);
    ResponseHead parsed = new ResponseHead();
    try {
      parsed.parse(head, whole);
    } catch (MalformedMessage refused) {
      assertThat(refused.status()).isEqualTo(502);
      return;
    }
    String forwarded = encode(parsed);
    if (forwarded.lines().count() >= HeadLimits.DEFAULT.fields()) {
      // Behind another of its kind, our own lines count towards the limit of fields.
      return;
    }
    ResponseHead again = new ResponseHead();
    byte[] bytes = (forwarded + "\0".repeat(64)).getBytes(StandardCharsets.ISO_8859_1);
    again.parse(bytes, forwarded.length());

    assertThat(again.status()).isEqualTo(parsed.status());
    if (parsed.status() >= 200 && parsed.status() != 204) {
      assertThat(again.contentLength()).isEqualTo(parsed.contentLength());
      assertThat(again.isChunked()).isEqualTo(parsed.isChunked());
    }
    assertThat(again.isEventStream()).isEqualTo(parsed.isEventStream());
    assertThat(withoutVia(encode(again))).isEqualTo(withoutVia(forwarded));
  }

  /// Lines in an order of their own: our lines go behind all others, and are others the next time.
  private static List<String> withoutVia(String head) {
    return head.lines().filter(line -> !line.equals("Via: 1.1 fleetserve")).sorted().toList();
  }

  /// Length of the head; -1 when it is not whole, -2 when it is refused.
  private static int scan(byte[] bytes, int pieceBytes) {
    ByteBuf in = Unpooled.buffer(64);
    HeadScanner scanner = HeadScanner.ofResponses();
    try {
      for (int at = 0; at < bytes.length; ) {
        int n = Math.min(pieceBytes, bytes.length - at);
        in.writeBytes(bytes, at, n);
        at += n;
        int length = scanner.scan(in);
        if (length >= 0) {
          return length;
        }
      }
      return -1;
    } catch (MalformedMessage refused) {
      return -2;
    }
  }

  private static String encode(ResponseHead head) {
    ByteBuf encoded =
        ResponseEncoder.encode(
            head,
            ByteBufAllocator.DEFAULT,
            Octets.ascii("id"),
            Persistence.DEFAULT,
            head.isChunked(),
            0);
    String text = encoded.toString(StandardCharsets.ISO_8859_1);
    encoded.release();
    return text;
  }
}
