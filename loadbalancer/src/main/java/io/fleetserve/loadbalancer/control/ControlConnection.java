package io.fleetserve.loadbalancer.control;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A blocking HTTP/1.1 connection to the controller, or to another load balancer process, for one
/// request after another. Small on purpose: two of these live for the whole life of a load
/// balancer. Confined to one thread, except [#close].
public final class ControlConnection implements AutoCloseable {
  private static final int CONNECT_MILLIS = 1_000;
  private static final int MAX_LINE = 64 << 10;

  private final ControllerAddress address;
  private final Socket socket;
  private final InputStream in;

  private ControlConnection(ControllerAddress address, Socket socket) throws IOException {
    this.address = address;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
  }

  public static ControlConnection open(ControllerAddress address) throws IOException {
    URI base = address.base();
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(base.getHost(), base.getPort() < 0 ? 80 : base.getPort()),
          CONNECT_MILLIS);
      socket.setTcpNoDelay(true);
      return new ControlConnection(address, socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// Sends a request; the head of the answer was read when it returns.
  ///
  /// @param body JSON; null for none
  /// @return the answer, whose body has to be read to its end before the next request
  public Answer request(String method, String path, byte @Nullable [] body, Duration patience)
      throws IOException {
    socket.setSoTimeout((int) patience.toMillis());
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(address.base().getRawPath()).append(path);
    head.append(" HTTP/1.1\r\nHost: ").append(address.base().getRawAuthority());
    head.append("\r\nAuthorization: Bearer ").append(address.token());
    if (body != null) {
      head.append("\r\nContent-Type: application/json\r\nContent-Length: ").append(body.length);
    }
    head.append("\r\n\r\n");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
    if (body != null) {
      out.writeBytes(body);
    }
    socket.getOutputStream().write(out.toByteArray());
    return head();
  }

  private Answer head() throws IOException {
    String status = line(in);
    if (!status.startsWith("HTTP/1.1 ") || status.length() < 12) {
      throw new IOException("invalid status line from the controller");
    }
    long length = -1;
    boolean chunked = false;
    for (String field = line(in); !field.isEmpty(); field = line(in)) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring("content-length:".length()).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = lower.contains("chunked");
      }
    }
    int code = Integer.parseInt(status.substring(9, 12));
    if (code == 204) {
      length = 0;
    }
    return new Answer(code, chunked ? new ChunkedInput(in) : new LengthInput(in, length));
  }

  /// How long the next read may wait.
  void patience(Duration time) throws IOException {
    socket.setSoTimeout((int) time.toMillis());
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException ignored) {
      // It is gone either way.
    }
  }

  /// An answer.
  ///
  /// @param body ends with -1
  public record Answer(int status, InputStream body) {}

  /// A line without its end.
  static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0 || line.size() > MAX_LINE) {
        throw new EOFException("connection to the controller ended");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /// A body of known length, or up to the end of the connection.
  private static final class LengthInput extends InputStream {
    private final InputStream in;
    private long left;

    LengthInput(InputStream in, long length) {
      this.in = in;
      left = length < 0 ? Long.MAX_VALUE : length;
    }

    @Override
    public int read() throws IOException {
      if (left == 0) {
        return -1;
      }
      left--;
      return in.read();
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = in.read(into, offset, (int) Math.min(left, count));
      left -= Math.max(0, n);
      return n;
    }
  }

  /// A chunked body.
  private static final class ChunkedInput extends InputStream {
    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean ended;

    ChunkedInput(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      if (left == 0 && !nextChunk()) {
        return -1;
      }
      left--;
      int b = in.read();
      if (b < 0) {
        throw new EOFException("connection to the controller ended");
      }
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      if (left == 0 && !nextChunk()) {
        return -1;
      }
      int n = in.read(into, offset, (int) Math.min(left, count));
      if (n < 0) {
        throw new EOFException("connection to the controller ended");
      }
      left -= n;
      return n;
    }

    private boolean nextChunk() throws IOException {
      if (ended) {
        return false;
      }
      if (!first) {
        line(in);
      }
      first = false;
      left = Long.parseLong(line(in).split(";", 2)[0].strip(), 16);
      if (left == 0) {
        ended = true;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {}
        return false;
      }
      return true;
    }
  }
}
