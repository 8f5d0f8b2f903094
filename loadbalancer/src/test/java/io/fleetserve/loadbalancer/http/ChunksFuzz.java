package io.fleetserve.loadbalancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// A chunked body of arbitrary bytes: read in pieces of any size, forwarded as it is or without its
/// framing, it holds the same content, and what is forwarded is read again as the same body.
public final class ChunksFuzz {
  private ChunksFuzz() {}

  private record Reading(String out, boolean complete, boolean refused) {}

  /// Called by the fuzzer with each input.
  public static void fuzzerTestOneInput(byte[] input) {
    Reading whole = read(input, Math.max(1, input.length), false);
    Reading content = read(input, Math.max(1, input.length), true);
    for (int pieceBytes : new int[] {1, 3}) {
      same(read(input, pieceBytes, false), whole);
      same(read(input, pieceBytes, true), content);
    }
    assertThat(content.complete).isEqualTo(whole.complete);
    assertThat(content.refused).isEqualTo(whole.refused);
    if (whole.complete) {
      byte[] forwarded = whole.out.getBytes(StandardCharsets.ISO_8859_1);
      assertThat(read(forwarded, forwarded.length, false)).isEqualTo(whole);
      assertThat(read(forwarded, forwarded.length, true)).isEqualTo(content);
    }
  }

  private static void same(Reading pieces, Reading whole) {
    assertThat(pieces.complete).isEqualTo(whole.complete);
    assertThat(pieces.refused).isEqualTo(whole.refused);
    if (!whole.refused) {
      assertThat(pieces.out).isEqualTo(whole.out);
    }
  }

  @SuppressWarnings("ReferenceEquality") // whether it is the same buffer
  private static Reading read(byte[] bytes, int pieceBytes, boolean decode) {
    ByteBuf in = Unpooled.buffer(64);
    BodyReader body = new BodyReader(502);
    body.chunked(decode);
    StringBuilder out = new StringBuilder();
    try {
      for (int at = 0; at < bytes.length && !body.isComplete(); ) {
        int n = Math.min(pieceBytes, bytes.length - at);
        in.writeBytes(bytes, at, n);
        at += n;
        while (in.isReadable() && !body.isComplete()) {
          ByteBuf piece = body.take(in.retain(), ByteBufAllocator.DEFAULT);
          if (piece != null) {
            out.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.skipBytes(piece.readableBytes()).release();
          }
          if (piece != in) {
            in.release();
          }
        }
      }
      return new Reading(out.toString(), body.isComplete(), false);
    } catch (MalformedMessage refused) {
      return new Reading(out.toString(), false, true);
    }
  }
}
