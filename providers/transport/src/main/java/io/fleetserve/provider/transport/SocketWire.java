package io.fleetserve.provider.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Supplier;

/// A TCP connection, with or without TLS.
///
/// @param reason asked for when the connection broke: why the other side may have ended it
record SocketWire(Socket socket, Supplier<String> reason) implements Wire {
  /// Opens the connection below.
  static Socket connect(String host, int port, Duration timeout) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), Math.toIntExact(timeout.toMillis()));
      socket.setTcpNoDelay(true);
      return socket;
    } catch (UnknownHostException e) {
      socket.close();
      throw new IOException(host + ":" + port + ": the name is unknown", e);
    } catch (IOException e) {
      socket.close();
      throw new IOException(host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  @Override
  public InputStream input() {
    try {
      return socket.getInputStream();
    } catch (IOException closed) {
      throw new UncheckedIOException(closed);
    }
  }

  @Override
  public OutputStream output() {
    try {
      return socket.getOutputStream();
    } catch (IOException closed) {
      throw new UncheckedIOException(closed);
    }
  }

  @Override
  public String complaint() {
    return reason.get();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException ignored) {
      // It is closed as far as it can be.
    }
  }
}
