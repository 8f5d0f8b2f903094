package io.fleetserve.loadbalancer.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that accepts, reads nothing until it may, and then answers `ok` to one request for each
/// connection when all of its body has come. [#close] ends it. Thread-safe.
final class SlowReader implements AutoCloseable {
  private final ServerSocket socket;
  private final CountDownLatch may;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();

  SlowReader(CountDownLatch may) {
    this.may = may;
    try {
      socket = new ServerSocket();
      socket.setReceiveBufferSize(64 << 10); // so that the kernel holds little
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  /// How many there have been.
  int connections() {
    return connections.get();
  }

  /// Ends the connections there are, unread.
  void drop() {
    Socket connection = open.poll();
    while (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      connection = open.poll();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        open.add(connection);
        connections.incrementAndGet();
        threads.execute(() -> serve(connection));
      }
    } catch (IOException closed) {
      // The end.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      may.await();
      InputStream in = connection.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          return;
        }
        head.append((char) next);
      }
      long length =
          Long.parseLong(head.toString().replaceFirst("(?is).*content-length: (\\d+).*", "$1"));
      in.skipNBytes(length);
      connection
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                  .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException given) {
      // Given up by the client.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    may.countDown();
    socket.close();
    threads.close();
  }
}
