package io.fleetserve.loadbalancer.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server that keeps every byte it is sent, one stream a connection, and answers each complete
/// request of canonical form with 200 and the end of the connection. Thread-safe.
final class Recorder implements AutoCloseable {
  private final SocketServer server = new SocketServer(this::serve);
  private final List<String> streams = new CopyOnWriteArrayList<>();

  Recorder() {
    server.start();
  }

  int port() {
    return server.port();
  }

  /// Connections whose end was not seen yet.
  int open() {
    return server.open();
  }

  /// What came over the connections that ended, without those that brought nothing.
  List<String> streams() {
    return List.copyOf(streams);
  }

  void forget() {
    streams.clear();
  }

  private void serve(Socket socket) throws IOException {
    StringBuilder stream = new StringBuilder();
    try {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      byte[] bytes = new byte[32 << 10];
      boolean answered = false;
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        stream.append(new String(bytes, 0, n, StandardCharsets.ISO_8859_1));
        if (!answered && !WireRequest.read(stream.toString()).requests().isEmpty()) {
          answered = true;
          socket
              .getOutputStream()
              .write(
                  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                      .getBytes(StandardCharsets.ISO_8859_1));
          // What is still sent behind the request is kept too.
          socket.shutdownOutput();
        }
      }
    } finally {
      // The sender left: what came is what counts.
      if (!stream.isEmpty()) {
        streams.add(stream.toString());
      }
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
