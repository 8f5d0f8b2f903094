package io.fleetserve.loadbalancer.proxy;

import io.fleetserve.api.wire.ReplicaEndpoint;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// A replica that answers 413 at the first byte of a request and ends its direction, or resets the
/// connection instead; it reads on until the other side ends. Thread-safe.
final class EarlyAnswer implements AutoCloseable {
  private final SocketServer server = new SocketServer(this::serve);
  private final boolean resets;
  private final AtomicInteger ended = new AtomicInteger();

  EarlyAnswer() {
    this(false);
  }

  /// @param resets true: no answer, a reset
  EarlyAnswer(boolean resets) {
    this.resets = resets;
    server.start();
  }

  ReplicaEndpoint endpoint() {
    return new ReplicaEndpoint(1, 1, 1, "127.0.0.1", server.port(), null, false);
  }

  int accepted() {
    return server.accepted();
  }

  /// Connections that ended.
  int ended() {
    return ended.get();
  }

  private void serve(Socket socket) throws IOException {
    try {
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
    } finally {
      // By a reset maybe: that is an end too.
      ended.incrementAndGet();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
