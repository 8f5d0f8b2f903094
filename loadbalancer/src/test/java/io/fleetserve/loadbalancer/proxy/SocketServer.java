package io.fleetserve.loadbalancer.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A loopback port that serves each connection on a virtual thread, and closes it afterwards.
/// Thread-safe. [#close] ends all connections.
final class SocketServer implements AutoCloseable {
  private final ServerSocket server;
  private final Service service;
  private final AtomicInteger accepted = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /// What happens on a connection. An exception says that the other side left.
  @FunctionalInterface
  interface Service {
    void serve(Socket socket) throws IOException;
  }

  /// Reads to the end of a connection that the other side has to end, in order or by a reset.
  ///
  /// @throws java.net.SocketTimeoutException when it does not
  static boolean ends(Socket socket) throws IOException {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (SocketException reset) {
      return true;
    }
  }

  SocketServer(Service service) {
    this.service = service;
    try {
      server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Accepts from now on.
  SocketServer start() {
    Thread.ofVirtual().start(this::accept);
    return this;
  }

  int port() {
    return server.getLocalPort();
  }

  /// Connections that were accepted so far.
  int accepted() {
    return accepted.get();
  }

  /// Connections that are being served.
  int open() {
    return open.size();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException ignored) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      service.serve(socket);
    } catch (IOException | UncheckedIOException ignored) {
      // The other side left, or this was closed.
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
