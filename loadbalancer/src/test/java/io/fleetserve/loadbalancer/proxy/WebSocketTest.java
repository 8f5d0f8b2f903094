package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.ReplicaEndpoint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// WebSocket frames of every length and kind through the proxy, whole and byte by byte (RFC 6455).
/// The whole Autobahn test suite runs with `-Pnightly`.
final class WebSocketTest {
  private static final String HANDSHAKE =
      """
      GET /chat HTTP/1.1\r
      Host: svc\r
      Connection: keep-alive, Upgrade\r
      Upgrade: WebSocket\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      \r
      """;
  private final EchoWebSocket echo = new EchoWebSocket();
  private final Bed bed = new Bed();

  WebSocketTest() {
    bed.routeTo(List.of(new ReplicaEndpoint(1, 1, 1, "127.0.0.1", echo.port(), null, false)));
  }

  @AfterEach
  void countersAreZero() {
    bed.close();
    echo.close();
  }

  /// A masked frame.
  private static String frame(int first, String payload) {
    return frame(first, payload, true);
  }

  private static String frame(int first, String payload, boolean masked) {
    StringBuilder frame = new StringBuilder().append((char) first);
    int length = payload.length();
    int bit = masked ? 0x80 : 0;
    if (length <= 125) {
      frame.append((char) (bit | length));
    } else if (length <= 0xffff) {
      frame.append((char) (bit | 126)).append((char) (length >> 8)).append((char) (length & 0xff));
    } else {
      frame.append((char) (bit | 127)).append("\0\0\0\0");
      for (int shift = 24; shift >= 0; shift -= 8) {
        frame.append((char) (length >> shift & 0xff));
      }
    }
    if (!masked) {
      return frame + payload;
    }
    String mask = "\u0012\u00f4V\u0081";
    frame.append(mask);
    for (int i = 0; i < length; i++) {
      frame.append((char) (payload.charAt(i) ^ mask.charAt(i & 3)));
    }
    return frame.toString();
  }

  private RawClient open() {
    RawClient client = bed.client().send(HANDSHAKE);
    String head = client.head();
    assertThat(head).startsWith("HTTP/1.1 101").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    return client;
  }

  private static void send(RawClient client, String bytes, int pieceBytes) {
    for (int at = 0; at < bytes.length(); at += pieceBytes) {
      client.send(bytes.substring(at, Math.min(bytes.length(), at + pieceBytes)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "1, 1",
    "125, 1",
    "126, 1",
    "127, 7",
    "65535, 997",
    "65536, 997",
    "65536, 100000",
    "4000000, 10000000"
  })
  void messagesOfAnyLengthComeBack(int length, int pieceBytes) {
    String payload = "x".repeat(length);
    try (RawClient client = open()) {
      send(client, frame(0x82, payload), pieceBytes);
      String expected = frame(0x82, payload, false);

      assertThat(client.read(expected.length())).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000})
  void fragmentsWithControlFramesBetweenComeBackAsOneMessage(int pieceBytes) {
    try (RawClient client = open()) {
      send(
          client,
          frame(0x01, "ab") + frame(0x89, "ping") + frame(0x00, "") + frame(0x80, "cd"),
          pieceBytes);

      assertThat(client.read(6)).isEqualTo(frame(0x8a, "ping", false));
      assertThat(client.read(6)).isEqualTo(frame(0x81, "abcd", false));
    }
  }

  /// The first frame may come with the handshake: it belongs to the tunnel.
  @Test
  void framesBehindTheHandshakeAreNotLost() {
    try (RawClient client = bed.client().send(HANDSHAKE + frame(0x81, "early"))) {
      assertThat(client.head()).startsWith("HTTP/1.1 101");
      assertThat(client.read(7)).isEqualTo(frame(0x81, "early", false));
    }
  }

  /// Section 7: the code of the end passes, and both connections end.
  @ParameterizedTest
  @CsvSource({"88, 03e8, 03e8", "81, ff, 03ef", "83, 61, 03ea", "c1, 61, 03ea", "88, 03ed, 03ea"})
  void endsPassWithTheirCode(String first, String payload, String code) {
    try (RawClient client = open()) {
      client.send(frame(Integer.parseInt(first, 16), latin(payload)));

      assertThat(client.read(4)).isEqualTo(frame(0x88, latin(code), false));
      assertThat(client.awaitEnd()).isTrue();
    }
  }

  private static String latin(String hex) {
    return new String(java.util.HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
  }
}
