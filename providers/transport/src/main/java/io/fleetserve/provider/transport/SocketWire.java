package io.fleetserve.provider.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;

/// A TCP connection, with or without TLS.
record SocketWire(Socket socket) implements Wire {
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
  public void close() {
    try {
      socket.close();
    } catch (IOException ignored) {
      // It is closed as far as it can be.
    }
  }
}
