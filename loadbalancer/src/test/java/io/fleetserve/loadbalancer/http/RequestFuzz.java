package io.fleetserve.loadbalancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/// A request of arbitrary bytes: it is read the same in one piece and byte by byte, and what is
/// forwarded of it is read again as the same request.
public final class RequestFuzz {
  private RequestFuzz() {}

  /// @param head as it is forwarded; empty when the request was refused or is not whole
  /// @param error why it was refused; empty when it was not
  private record Reading(String head, String body, boolean complete, String error) {}

  /// Called by the fuzzer with each input.
  public static void fuzzerTestOneInput(byte[] input) {
    Reading whole = read(input, Math.max(1, input.length));
    Reading pieces = read(input, 1);
    // The limits of a head are seen earlier or later, and errors in a body behind more or less of
    // it.
    assertThat(pieces.error.isEmpty()).isEqualTo(whole.error.isEmpty());
    assertThat(pieces.complete).isEqualTo(whole.complete);
    if (whole.error.isEmpty()) {
      assertThat(pieces).isEqualTo(whole);
    }
    if (whole.complete && !isAtALimit(whole.head)) {
      String forwarded = whole.head + whole.body;
      Reading again = read(forwarded.getBytes(StandardCharsets.ISO_8859_1), forwarded.length());
      assertThat(again.complete).isTrue();
      assertThat(withoutVia(again.head)).isEqualTo(withoutVia(whole.head));
      assertThat(again.body).isEqualTo(whole.body);
    }
  }

  /// Whether the next of our kind may refuse it: our own lines count towards its limits, of fields
  /// and of passes through the same kind of proxy.
  private static boolean isAtALimit(String head) {
    return head.lines().count() >= HeadLimits.DEFAULT.fields()
        || head.indexOf("fleetserve") != head.lastIndexOf("fleetserve");
  }

  /// Each pass adds one line of it.
  private static String withoutVia(String head) {
    return head.lines()
        .filter(line -> !line.equals("Via: 1.1 fleetserve"))
        .collect(Collectors.joining("\n"));
  }

  @SuppressWarnings("ReferenceEquality") // whether it is the same buffer
  private static Reading read(byte[] bytes, int pieceBytes) {
    ByteBuf in = Unpooled.buffer(64);
    HeadScanner scanner = HeadScanner.ofRequests(HeadLimits.DEFAULT);
    BodyReader body = new BodyReader(400);
    StringBuilder forwarded = new StringBuilder();
    String head = "";
    try {
      for (int at = 0; at < bytes.length; ) {
        int n = Math.min(pieceBytes, bytes.length - at);
        in.writeBytes(bytes, at, n);
        at += n;
        if (head.isEmpty()) {
          int length = scanner.scan(in);
          if (length < 0) {
            continue;
          }
          byte[] scratch = new byte[length + 64];
          in.readBytes(scratch, 0, length);
          RequestHead parsed = new RequestHead(HeadLimits.DEFAULT);
          parsed.parse(scratch, length);
          head = encode(parsed);
          if (parsed.isChunked()) {
            body.chunked(false);
          } else {
            body.length(Math.max(0, parsed.contentLength()));
          }
        }
        while (in.isReadable() && !body.isComplete()) {
          ByteBuf piece = body.take(in.retain(), ByteBufAllocator.DEFAULT);
          if (piece != null) {
            forwarded.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.skipBytes(piece.readableBytes()).release();
          }
          if (piece != in) {
            in.release();
          }
        }
        if (body.isComplete()) {
          break;
        }
      }
      boolean complete = !head.isEmpty() && body.isComplete();
      return new Reading(head, forwarded.toString(), complete, "");
    } catch (MalformedMessage refused) {
      assertThat(refused.status()).isBetween(400, 508);
      return new Reading("", "", false, refused.reason());
    }
  }

  private static String encode(RequestHead head) {
    ByteBuf encoded =
        RequestEncoder.encode(
            head,
            ByteBufAllocator.DEFAULT,
            Forwarding.DEFAULT.peer(java.net.InetAddress.ofLiteral("1.2.3.4"), ""),
            Octets.ascii("id"),
            Octets.ascii("h"));
    String text = encoded.toString(StandardCharsets.ISO_8859_1);
    encoded.release();
    return text;
  }
}
