package io.fleetserve.loadbalancer.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A client that sends exactly the bytes it is told to.
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 15_000;

  private final Socket socket;
  private final InputStream in;

  /// An answer.
  ///
  /// @param status 0 when the connection ended without one
  /// @param complete the body ended as its head said
  record Answer(int status, String head, String body, boolean complete) {
    Optional<String> field(String name) {
      return fields(name).stream().findFirst();
    }

    List<String> fields(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return Arrays.stream(head.split("\r\n"))
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .toList();
    }
  }

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
  }

  static RawClient connect(int port) {
    try {
      return new RawClient(new Socket(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A client over a connection that is there.
  static RawClient over(Socket socket) {
    try {
      return new RawClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RawClient send(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends what the other side will take; an end of the connection is not an error.
  RawClient trySend(String text) {
    try {
      send(text);
    } catch (UncheckedIOException ignored) {
      // It answered and closed before it had read everything.
    }
    return this;
  }

  RawClient endOutput() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Leaves by a reset.
  void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All bytes until the other side ends.
  String readToEnd() {
    try {
      return text(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Head of the next answer, interim ones included; empty at the end of the connection.
  String head() {
    StringBuilder head = new StringBuilder();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        head.append((char) b);
        if (b == '\n' && head.toString().endsWith("\r\n\r\n")) {
          return head.toString();
        }
      }
    } catch (IOException e) {
      return "";
    }
    return head.toString();
  }

  /// Next final answer to a request that is not HEAD.
  Answer answer() {
    return answer(false);
  }

  Answer answer(boolean toHead) {
    String head = head();
    while (head.startsWith("HTTP/1.1 1") && !head.startsWith("HTTP/1.1 101")) {
      head = head();
    }
    if (head.isEmpty()) {
      return new Answer(0, "", "", false);
    }
    int status = Integer.parseInt(head.substring(9, 12));
    Answer bare = new Answer(status, head, "", true);
    if (toHead || status == 204 || status == 304 || status == 101) {
      return bare;
    }
    try {
      return body(bare);
    } catch (IOException e) {
      return new Answer(status, head, "", false);
    }
  }

  private Answer body(Answer bare) throws IOException {
    if (bare.field("Transfer-Encoding").isPresent()) {
      return chunks(bare);
    }
    Optional<String> length = bare.field("Content-Length");
    if (length.isEmpty()) {
      return new Answer(bare.status, bare.head, text(in.readAllBytes()), true);
    }
    int n = Integer.parseInt(length.get());
    byte[] bytes = in.readNBytes(n);
    return new Answer(bare.status, bare.head, text(bytes), bytes.length == n);
  }

  private Answer chunks(Answer bare) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String line = line();
      if (!line.matches("[0-9a-fA-F]{1,7}(;.*)?\r\n")) {
        return new Answer(bare.status, bare.head, text(body.toByteArray()), false);
      }
      int n = Integer.parseInt(line.strip().split(";", 2)[0], 16);
      if (n == 0) {
        StringBuilder trailers = new StringBuilder();
        for (String field = line(); !field.equals("\r\n"); field = line()) {
          if (field.isEmpty()) {
            return new Answer(bare.status, bare.head, text(body.toByteArray()), false);
          }
          trailers.append(field);
        }
        return new Answer(bare.status, bare.head + trailers, text(body.toByteArray()), true);
      }
      body.write(in.readNBytes(n));
      line();
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      line.append((char) b);
      if (b == '\n') {
        break;
      }
    }
    return line.toString();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /// Next bytes as they are.
  String read(int n) {
    try {
      return text(in.readNBytes(n));
    } catch (IOException e) {
      return "";
    }
  }

  /// Whether something comes, or the end, within the time; nothing is read.
  boolean hasNews(int millis) {
    try {
      socket.setSoTimeout(millis);
      in.mark(1);
      in.read();
      in.reset();
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    } finally {
      try {
        socket.setSoTimeout(PATIENCE_MILLIS);
      } catch (IOException ignored) {
        // The connection is closed.
      }
    }
  }

  /// Whether the other side ends the connection; what it still sends is thrown away.
  boolean awaitEnd() {
    try {
      while (in.read() >= 0) {}
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
