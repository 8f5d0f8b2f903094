package io.fleetserve.loadbalancer.proxy;

import io.fleetserve.api.wire.ReplicaEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// A replica that answers 413 at the first byte of a request and ends its direction, or resets the
/// connection instead; it reads on until the other side ends. Thread-safe.
final class EarlyAnswer implements AutoCloseable {
  private final ServerSocket server;
  private final boolean resets;
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();

  EarlyAnswer() {
    this(false);
  }

  /// @param resets true: no answer, a reset
  EarlyAnswer(boolean resets) {
    this.resets = resets;
    try {
      server = new ServerSocket();
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("early answer").start(this::accept);
  }

  ReplicaEndpoint endpoint() {
    return new ReplicaEndpoint(1, 1, 1, "127.0.0.1", server.getLocalPort(), null, false);
  }

  int accepted() {
    return accepted.get();
  }

  /// Connections that ended.
  int ended() {
    return ended.get();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException ignored) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      if (socket.getInputStream().read() < 0) {
        return;
      }
      if (resets) {
        socket.setSoLinger(true, 0);
        return;
      }
      String answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 8\r\n\r\ntoo much";
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      byte[] rest = new byte[8192];
      while (socket.getInputStream().read(rest) >= 0) {}
    } catch (IOException ignored) {
      // Ended by a reset: that is an end too.
    } finally {
      ended.incrementAndGet();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
