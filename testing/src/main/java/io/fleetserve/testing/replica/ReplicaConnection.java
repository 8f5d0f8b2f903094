package io.fleetserve.testing.replica;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One connection at a [FakeReplica], for the script that answers on it. Confined to the thread
/// that runs the script, except [#reset].
public final class ReplicaConnection {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  ReplicaConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
    this.out = socket.getOutputStream();
  }

  /// Sends text as it is, one byte a character, and flushes.
  public void send(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /// Sends a complete answer with a length.
  public void answer(int status, String body, String... fields) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Some Reason\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    send(head + "Content-Length: " + body.length() + "\r\n\r\n" + body);
  }

  /// Ends the connection in order.
  public void close() throws IOException {
    socket.close();
  }

  /// Ends the connection by a reset.
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /// Whether the other side ends the connection within the time.
  public boolean awaitEnd(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      while (in.read() >= 0) {}
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    } finally {
      if (!socket.isClosed()) {
        socket.setSoTimeout(0);
      }
    }
  }

  /// The next byte; -1 at the end.
  public int read() throws IOException {
    return in.read();
  }

  /// Reads a head; null at the end of the connection.
  @Nullable String readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      if (b == '\n' && head.toString().endsWith("\r\n\r\n")) {
        return head.substring(0, head.length() - 4);
      }
    }
    return null;
  }

  String readBody(String head, List<String> trailers) throws IOException {
    String lower = head.toLowerCase(Locale.ROOT);
    if (lower.contains("\r\ntransfer-encoding: chunked")) {
      return readChunks(trailers);
    }
    int at = lower.indexOf("\r\ncontent-length: ");
    if (at < 0) {
      return "";
    }
    int start = at + "\r\ncontent-length: ".length();
    int end = lower.indexOf("\r\n", start);
    return exactly(Integer.parseInt(lower.substring(start, end < 0 ? lower.length() : end)));
  }

  private String readChunks(List<String> trailers) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      String size = readLine().split(";", 2)[0];
      int n = Integer.parseInt(size, 16);
      if (n == 0) {
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
          trailers.add(line);
        }
        return body.toString();
      }
      body.append(exactly(n));
      readLine();
    }
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      line.append((char) b);
      if (b == '\n') {
        return line.substring(0, line.length() - 2);
      }
    }
    throw new IOException("connection ended inside a line");
  }

  private String exactly(int n) throws IOException {
    byte[] bytes = in.readNBytes(n);
    if (bytes.length < n) {
      throw new IOException("connection ended inside a body");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
