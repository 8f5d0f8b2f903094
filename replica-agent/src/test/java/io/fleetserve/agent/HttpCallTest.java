package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9112 as far as the agent speaks it, against answers written by hand.
final class HttpCallTest {
  @Test
  void requestIsWellFormed() throws Exception {
    try (Answering server = new Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
      Map<String, String> headers = Map.of("X-A", "b\r\nX-Evil: 1");
      HttpCall.send("127.0.0.1", server.port(), "POST", "/p?q=1", headers, utf8("hi"), 5_000)
          .close();

      assertThat(server.request())
          .isEqualTo(
              "POST /p?q=1 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n"
                      .formatted(server.port())
                  + "Content-Length: 2\r\nX-A: b  X-Evil: 1\r\n\r\nhi");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more",
        "HTTP/1.0 200 OK\n\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
      })
  void bodyIsReadInEveryFraming(String answer) throws Exception {
    try (Answering server = new Answering(answer);
        HttpCall call = get(server, 5_000)) {
      assertThat(call.status()).isEqualTo(200);
      assertThat(call.statusText()).isEqualTo("200 OK");
      assertThat(call.body(1_000)).isEqualTo(utf8("hello"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"
      })
  void whatIsNoHttpIsAnError(String answer) throws Exception {
    try (Answering server = new Answering(answer)) {
      assertThatThrownBy(() -> get(server, 5_000)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void endlessHeadIsRefused() throws Exception {
    try (Answering server = new Answering("HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000))) {
      assertThatThrownBy(() -> get(server, 5_000)).hasMessageContaining("over 16384 bytes");
    }
  }

  @Test
  void dripDoesNotStretchTheTimeLimit() throws Exception {
    try (Answering server = new Answering("HTTP/1.1 200 OK\r\nX: y\r\n", 20)) {
      assertThatThrownBy(() -> get(server, 200)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  private static HttpCall get(Answering server, long timeoutMillis) throws IOException {
    return HttpCall.send("127.0.0.1", server.port(), "GET", "/", Map.of(), null, timeoutMillis);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Takes one connection and answers with fixed bytes: at once and then closes, or in drops.
  private static final class Answering implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<String> request = new CompletableFuture<>();

    Answering(String answer) throws IOException {
      this(answer, 0);
    }

    Answering(String answer, long dripMillis) throws IOException {
      Thread.ofVirtual().start(() -> answer(utf8(answer), dripMillis));
    }

    private void answer(byte[] answer, long dripMillis) {
      try (Socket client = socket.accept()) {
        InputStream in = client.getInputStream();
        byte[] received = new byte[4096];
        int count = in.read(received);
        request.complete(new String(received, 0, count, StandardCharsets.UTF_8));
        if (dripMillis == 0) {
          client.getOutputStream().write(answer);
          client.shutdownOutput();
          in.readAllBytes();
          return;
        }
        for (int i = 0; ; i++) {
          client.getOutputStream().write(answer[i % answer.length]);
          java.util.concurrent.locks.LockSupport.parkNanos(dripMillis * 1_000_000);
        }
      } catch (IOException closed) {
        request.completeExceptionally(closed);
      }
    }

    int port() {
      return socket.getLocalPort();
    }

    String request() {
      return request.join();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
