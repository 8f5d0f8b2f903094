package io.fleetserve.loadbalancer.control;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Clients that send small requests all the time, some over connections they keep, some each over a
/// new one, and note every error. A client obeys `Connection: close`.
final class Traffic implements AutoCloseable {
  private static final long PAUSE_NANOS = 16_000_000;

  final Queue<String> errors = new ConcurrentLinkedQueue<>();
  final AtomicLong answers = new AtomicLong();
  private final List<Thread> clients = new ArrayList<>();
  private final int port;
  private volatile boolean stopped;

  /// @param keeping clients that keep their connections
  /// @param fresh clients that do not
  Traffic(int port, int keeping, int fresh) {
    this.port = port;
    for (int i = 0; i < keeping + fresh; i++) {
      boolean keeps = i < keeping;
      clients.add(Thread.ofVirtual().name("client-" + i).start(() -> run(keeps)));
    }
  }

  private void run(boolean keeps) {
    Socket kept = null;
    while (!stopped) {
      Socket socket = kept;
      kept = null;
      try {
        socket = socket == null ? new Socket(InetAddress.getLoopbackAddress(), port) : socket;
        if (exchange(socket) && keeps) {
          kept = socket;
        } else {
          socket.close();
        }
      } catch (IOException e) {
        errors.add((keeps ? "kept: " : "fresh: ") + e);
        close(socket);
      }
      // The pace of a client, not a wait for anything.
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    close(kept);
  }

  /// One request; true if the connection may be used again.
  private boolean exchange(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET /small HTTP/1.1\r\nHost: svc\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    InputStream in = new BufferedInputStream(socket.getInputStream(), 1024);
    String status = line(in);
    int length = 0;
    boolean close = false;
    for (String field = line(in); !field.isEmpty(); field = line(in)) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length: ")) {
        length = Integer.parseInt(lower.substring("content-length: ".length()));
      }
      close |= lower.equals("connection: close");
    }
    in.readNBytes(length);
    if (!status.startsWith("HTTP/1.1 200")) {
      errors.add(status);
    }
    answers.incrementAndGet();
    return !close;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("end inside a head, after '" + line + "'");
      }
      line.append((char) b);
    }
    return line.toString().strip();
  }

  private static void close(@Nullable Socket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException ignored) {
      // It is gone either way.
    }
  }

  /// Ends the clients, each behind its current request.
  void stop() {
    stopped = true;
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}
