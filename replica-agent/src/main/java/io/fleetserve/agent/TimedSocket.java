package io.fleetserve.agent;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/// A connection of its own for one exchange, with one time limit for all of it.
///
/// The limit spans everything from connecting to the last byte read, however slowly the other side
/// drips; [#untimed] turns it into a limit of silence for endless answers. Used by one thread.
final class TimedSocket implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final long deadlineNanos;
  private int silenceMillis;

  private TimedSocket(Socket socket, long deadlineNanos) throws IOException {
    this.socket = socket;
    this.deadlineNanos = deadlineNanos;
    this.in = new BufferedInputStream(new Timed(socket.getInputStream()), 4096);
  }

  /// @throws java.net.ConnectException when nothing listens
  /// @throws SocketTimeoutException when the time is over
  static TimedSocket connect(String host, int port, long timeoutMillis) throws IOException {
    return connect(host, port, timeoutMillis, connected -> connected);
  }

  /// What a connection is wrapped in before it is used.
  interface Wrapping {
    Socket wrap(Socket connected) throws IOException;
  }

  /// The same, wrapped within the time limit.
  static TimedSocket connect(String host, int port, long timeoutMillis, Wrapping wrapping)
      throws IOException {
    long deadline = System.nanoTime() + timeoutMillis * 1_000_000;
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      int timeout = Math.clamp(timeoutMillis, 1, 1 << 30);
      socket.connect(new InetSocketAddress(host, port), timeout);
      socket.setSoTimeout(timeout);
      return new TimedSocket(wrapping.wrap(socket), deadline);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /// The same with TLS that takes every certificate.
  ///
  /// @param protocol the one to agree on by ALPN
  static TimedSocket connectTls(String host, int port, String protocol, long timeoutMillis)
      throws IOException {
    TimedSocket plain = connect(host, port, timeoutMillis);
    try {
      plain.socket.setSoTimeout(plain.millisLeft());
      return new TimedSocket(
          AnyCertificate.over(plain.socket, host, port, protocol), plain.deadlineNanos);
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  /// At least 1.
  private int millisLeft() throws SocketTimeoutException {
    long left =
        silenceMillis > 0
            ? silenceMillis
            : (deadlineNanos - System.nanoTime() + 999_999) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("no time left");
    }
    return (int) Math.min(left, 1 << 30);
  }

  /// Buffered; a read throws [SocketTimeoutException] when the time is over.
  InputStream in() {
    return in;
  }

  /// `host:port` as it stands in a request.
  static String authority(String host, int port) {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  OutputStream out() throws IOException {
    return socket.getOutputStream();
  }

  /// From now on only silence of this length breaks the exchange.
  void untimed(int silence) {
    silenceMillis = silence;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException ignored) {
      // Closed is all that is wanted.
    }
  }

  /// Sets the socket's time limit before each read to what is left.
  private final class Timed extends InputStream {
    private final InputStream raw;

    private Timed(InputStream raw) {
      this.raw = raw;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
      socket.setSoTimeout(millisLeft());
      return raw.read(into, from, count);
    }
  }
}
