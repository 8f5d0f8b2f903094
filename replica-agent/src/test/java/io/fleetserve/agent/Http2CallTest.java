package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 9113 as far as the agent speaks it, against frames written by hand.
final class Http2CallTest {
  private static final String SETTINGS = "000000 04 00 00000000";
  private static final String HEAD_200 = "000001 01 04 00000001 88";
  private static final String END = "000000 00 01 00000001";

  @Test
  void requestIsWellFormed() throws Exception {
    try (Scripted server = new Scripted(SETTINGS, HEAD_200, END)) {
      Map<String, String> headers = Map.of("X-A", "b", "Host", "svc:1", "Connection", "close");
      send(server, "POST", "/p?q=1", headers, utf8("hi")).close();

      List<String> frames = server.requested();
      assertThat(frames.get(0)).startsWith("4 0 0 ");
      assertThat(HeaderBlock.decode(payload(frames.get(1))))
          .isEqualTo(
              Map.of(
                  ":method", "POST",
                  ":scheme", "http",
                  ":path", "/p?q=1",
                  ":authority", "svc:1",
                  "content-length", "2",
                  "te", "trailers",
                  "x-a", "b"));
      assertThat(frames.get(2)).isEqualTo("0 1 1 6869");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          in one frame,                 000005 00 01 00000001 68656c6c6f
          padded and in two,            000005 00 08 00000001 026865 0000|000003 00 01 00000001 6c6c6f
          with trailers,                000005 00 00 00000001 68656c6c6f|000001 01 05 00000001 88
          between other frames,         000008 06 00 00000000 0102030405060708|000005 00 00 00000001 68656c6c6f|000001 77 00 00000000 00|000004 08 00 00000000 00000001|000000 00 01 00000001
          ended by a reset without one, 000005 00 00 00000001 68656c6c6f|000004 03 00 00000001 00000000
          """)
  void bodyIsReadInEveryFraming(String what, String frames) throws Exception {
    try (Scripted server = new Scripted(SETTINGS, HEAD_200, frames);
        Http2Call call = get(server)) {
      assertThat(call.status()).as(what).isEqualTo(200);
      assertThat(call.body(1_000)).isEqualTo(utf8("hello"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          interim answers before it, 000005 01 04 00000001 4803313033|000001 01 05 00000001 8d
          a block in pieces,         000001 01 01 00000001 48|000002 09 00 00000001 0334|000002 09 04 00000001 3034
          padding and priority,      000009 01 2d 00000001 02 00000000 00 8d 0000
          """)
  void headIsReadInEveryFraming(String what, String frames) throws Exception {
    try (Scripted server = new Scripted(SETTINGS, frames);
        Http2Call call = get(server)) {
      assertThat(call.status()).as(what).isEqualTo(404);
      assertThat(call.body(1_000)).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          HTTP/1.1,                      485454502f312e31203430302042616420526571756573740d0a, answered no HTTP/2
          nothing,                       '',                                                   closed the connection without an answer
          a reset,                       000000040000000000|000004 03 00 00000001 00000007,    reset the request with error 7
          GOAWAY,                        000000040000000000|000008 07 00 00000000 0000000000000002, closed the connection without an answer
          an endless frame,              000000040000000000|ffffff 00 00 00000001,             over 16384 bytes
          a push,                        000000040000000000|000004 05 04 00000001 00000002,    a push
          a body first,                  000000040000000000|000001 00 00 00000001 61,          a body before its head
          a frame inside a block,        000000040000000000|000001 01 00 00000001 88|000000 00 01 00000001, a header block is not whole
          a status that is none,         000000040000000000|000003 01 05 00000001 480161,      no status
          padding longer than its frame, 000000040000000000|000001 01 0c 00000001 05,          padding
          """)
  void whatIsNoHttp2IsAnError(String what, String frames, String message) throws Exception {
    try (Scripted server = new Scripted(frames)) {
      assertThatThrownBy(() -> get(server))
          .as(what)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void bodyGoesAsFarAsTheWindowsAllow() throws Exception {
    String connection = "000004 08 00 00000000 00010000";
    String stream = "000004 08 00 00000001 00001000";
    try (Scripted server = new Scripted(SETTINGS, connection, stream, HEAD_200, END)) {
      send(server, "POST", "/", Map.of(), new byte[100_000]).close();

      // 65,535 at first (RFC 9113 section 6.9.2), 4,096 more for this stream; then it was answered.
      assertThat(server.requestedBytes()).isEqualTo(65_535 + 4_096);
    }
  }

  private static Http2Call get(Scripted server) throws IOException {
    return send(server, "GET", "/", Map.of(), null);
  }

  private static Http2Call send(
      Scripted server,
      String method,
      String path,
      Map<String, String> headers,
      byte @Nullable [] content)
      throws IOException {
    TimedSocket socket = TimedSocket.connect("127.0.0.1", server.port(), 5_000);
    return Http2Call.over(socket, "http", "127.0.0.1:1", method, path, headers, content);
  }

  private static byte[] payload(String frame) {
    return HexFormat.of().parseHex(frame.split(" ", -1)[3]);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Takes one connection, writes fixed frames, and keeps what it is sent.
  private static final class Scripted implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<List<String>> requested = new CompletableFuture<>();

    Scripted(String... frames) throws IOException {
      String hex = String.join("", frames).replaceAll("[ |]", "");
      Thread.ofVirtual().start(() -> answer(HexFormat.of().parseHex(hex)));
    }

    private void answer(byte[] answer) {
      List<String> frames = new ArrayList<>();
      try (Socket client = socket.accept()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream();
        in.readFully(new byte[24]);
        out.write(answer);
        client.shutdownOutput();
        while (true) {
          int lengthAndType = in.readInt();
          int flags = in.read();
          int stream = in.readInt();
          byte[] payload = new byte[lengthAndType >>> 8];
          in.readFully(payload);
          frames.add(
              "%d %d %d %s"
                  .formatted(
                      lengthAndType & 0xff, flags, stream, HexFormat.of().formatHex(payload)));
        }
      } catch (IOException closed) {
        requested.complete(frames);
      }
    }

    int port() {
      return socket.getLocalPort();
    }

    /// Each frame as type, flags, stream and payload; once the connection is over.
    List<String> requested() {
      return requested.join();
    }

    int requestedBytes() {
      return requested().stream()
          .filter(frame -> frame.startsWith("0 "))
          .mapToInt(frame -> payload(frame).length)
          .sum();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
