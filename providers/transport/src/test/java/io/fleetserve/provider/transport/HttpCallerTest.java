package io.fleetserve.provider.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The client against servers that answer in every form, and break off in every place.
final class HttpCallerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @Test
  void bodyOfKnownLength() throws IOException {
    assertThat(ask("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more").text())
        .isEqualTo("hello");
  }

  /// RFC 9112 section 7.1: extensions and trailers are passed over.
  @Test
  void bodyInChunks() throws IOException {
    HttpAnswer answer =
        ask(
            "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwiki\r\n6\r\npedia \r\n0\r\nTrailer: t\r\n\r\n");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text()).isEqualTo("wikipedia ");
  }

  @Test
  void bodyThatEndsWithTheConnection() throws IOException {
    assertThat(ask("HTTP/1.1 200 OK\r\n\r\nall of it").text()).isEqualTo("all of it");
  }

  @Test
  void interimAnswersAndAnswersWithoutABody() throws IOException {
    HttpAnswer answer =
        ask("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.header("x-a")).contains("b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwi",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwikipedia\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
      })
  void answerThatIsCutOffOrWrongIsAnErrorAndMayHaveBeenDone(String wire) {
    assertThatThrownBy(() -> ask(wire))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NotSentException.class)
        .hasMessageContaining("GET /x");
  }

  @Test
  void nobodyThereIsKnownNotToHaveBeenSent() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = closed.getLocalPort();
    }
    HttpCaller caller = new HttpCaller(Dialer.tcp("127.0.0.1", port, TIMEOUT), "h", Map.of());

    assertThatThrownBy(() -> caller.call(HttpCall.get("/x", TIMEOUT)))
        .isInstanceOf(NotSentException.class);
    HttpCaller unix = new HttpCaller(Dialer.unix(Path.of("/no/such.sock")), "h", Map.of());
    assertThatThrownBy(() -> unix.call(HttpCall.get("/x", TIMEOUT)))
        .isInstanceOf(NotSentException.class)
        .hasMessageContaining("/no/such.sock");
  }

  @Test
  void deadlineHoldsWhereTheServerSaysNothing() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      HttpCaller caller =
          new HttpCaller(Dialer.tcp("127.0.0.1", server.getLocalPort(), TIMEOUT), "h", Map.of());

      assertThatThrownBy(() -> caller.call(HttpCall.get("/x", Duration.ofMillis(100))))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(NotSentException.class)
          .hasMessageContaining("within 0.1 s");
    }
  }

  @Test
  void requestGoesOutWithItsHeadersAndItsBodyInChunks() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = server.accept()) {
              seen.complete(until(socket.getInputStream(), "0\r\n\r\n"));
              write(socket.getOutputStream(), "HTTP/1.1 204 No\r\n\r\n");
            } catch (IOException e) {
              seen.completeExceptionally(e);
            }
          });
      HttpCaller caller =
          new HttpCaller(
              Dialer.tcp("127.0.0.1", server.getLocalPort(), TIMEOUT), "h", Map.of("X-All", "1"));

      caller.call(
          new HttpCall(
              "PUT",
              "/x?y=1",
              Map.of("X-One", "2"),
              HttpBody.streamed(
                  "application/x-tar",
                  out -> {
                    out.write('a');
                    out.write("bc".getBytes(StandardCharsets.UTF_8));
                  }),
              TIMEOUT));

      assertThat(seen.get())
          .startsWith("PUT /x?y=1 HTTP/1.1\r\n")
          .contains("Host: h\r\n", "X-All: 1\r\n", "X-One: 2\r\n", "Transfer-Encoding: chunked\r\n")
          .endsWith("\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    }
  }

  @Test
  void commandIsAConnectionAndItsComplaintIsTold() throws IOException {
    HttpCaller speaks =
        new HttpCaller(
            Dialer.command(
                List.of("sh", "-c", "read line; printf 'HTTP/1.1 200 OK\\r\\n\\r\\n%s' \"$line\"")),
            "h",
            Map.of());
    HttpCaller fails =
        new HttpCaller(
            Dialer.command(List.of("sh", "-c", "echo 'Permission denied' >&2; exit 255")),
            "h",
            Map.of());

    assertThat(speaks.call(HttpCall.get("/x", TIMEOUT)).text()).startsWith("GET /x HTTP/1.1");
    assertThatThrownBy(() -> fails.call(HttpCall.get("/x", TIMEOUT)))
        .hasMessageContaining("Permission denied");
  }

  @Test
  void headerWithALineBreakIsRefused() {
    assertThatThrownBy(() ->
            ask(
                "HTTP/1.1 200 OK\r\n\r\n",
                new HttpCall("GET", "/x", Map.of("A", "b\r\nC: d"), null, TIMEOUT)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static HttpAnswer ask(String wire) throws IOException {
    return ask(wire, HttpCall.get("/x", TIMEOUT));
  }

  /// Answers one request with these bytes, and closes.
  private static HttpAnswer ask(String wire, HttpCall call) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = server.accept()) {
              until(socket.getInputStream(), "\r\n\r\n");
              write(socket.getOutputStream(), wire);
            } catch (IOException ignored) {
              // The client has left.
            }
          });
      return new HttpCaller(Dialer.tcp("127.0.0.1", server.getLocalPort(), TIMEOUT), "h", Map.of())
          .call(call);
    }
  }

  private static String until(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int b = in.read();
      if (b < 0) {
        break;
      }
      text.append((char) b);
    }
    return text.toString();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
