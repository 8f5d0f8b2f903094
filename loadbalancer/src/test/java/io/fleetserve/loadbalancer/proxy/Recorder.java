package io.fleetserve.loadbalancer.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that keeps every byte it is sent, one stream a connection, and answers each complete
/// request of canonical form with 200 and the end of the connection. Thread-safe.
final class Recorder implements AutoCloseable {
  private final ServerSocket server;
  private final List<String> streams = new CopyOnWriteArrayList<>();
  private final AtomicInteger open = new AtomicInteger();

  Recorder() {
    try {
      server = new ServerSocket();
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("recorder").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /// Connections whose end was not seen yet.
  int open() {
    return open.get();
  }

  /// What came over the connections that ended, without those that brought nothing.
  List<String> streams() {
    return List.copyOf(streams);
  }

  void forget() {
    streams.clear();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        open.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException ignored) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    StringBuilder stream = new StringBuilder();
    try (socket) {
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
    } catch (IOException ignored) {
      // The sender left: what came is what counts.
    } finally {
      if (!stream.isEmpty()) {
        streams.add(stream.toString());
      }
      open.decrementAndGet();
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
