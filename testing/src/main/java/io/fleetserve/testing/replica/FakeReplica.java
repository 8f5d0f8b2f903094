package io.fleetserve.testing.replica;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An HTTP/1.1 server on loopback that does what a script says, one virtual thread a connection.
/// Thread-safe.
///
/// The script is asked for every request; it may answer, answer in part, close, reset, wait. After
/// it returns, the next request of the connection is read unless the script closed it. The default
/// script answers 200 with the name of the replica.
public final class FakeReplica implements AutoCloseable {
  /// What happens on a request.
  @FunctionalInterface
  public interface Script {
    void on(ReceivedRequest request, ReplicaConnection connection) throws IOException;
  }

  private final String name;
  private final List<ReceivedRequest> received = new CopyOnWriteArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile Script script;
  private volatile boolean forgetful;
  private volatile @Nullable ServerSocket server;
  private volatile @Nullable Thread acceptor;
  private final int port;

  private FakeReplica(String name) throws IOException {
    this.name = name;
    this.script = (request, connection) -> connection.answer(200, name);
    this.port = listen(0);
  }

  /// Starts a replica.
  public static FakeReplica start(String name) {
    try {
      return new FakeReplica(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Changes what happens from the next request on.
  public FakeReplica script(Script next) {
    script = next;
    return this;
  }

  /// Does not keep what it receives from now on: for very many requests.
  public FakeReplica forgetful() {
    forgetful = true;
    return this;
  }

  public int port() {
    return port;
  }

  public String name() {
    return name;
  }

  /// Requests that arrived completely, in order.
  public List<ReceivedRequest> received() {
    return List.copyOf(received);
  }

  /// Connections accepted so far.
  public int connections() {
    return connections.get();
  }

  /// Connections open now.
  public int openConnections() {
    return sockets.size();
  }

  private int listen(int wanted) throws IOException {
    ServerSocket listening = new ServerSocket();
    listening.setReuseAddress(true);
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 1024);
    server = listening;
    acceptor = Thread.ofVirtual().name("replica " + name).start(() -> accept(listening));
    return listening.getLocalPort();
  }

  private void accept(ServerSocket listening) {
    while (true) {
      try {
        Socket socket = listening.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, number));
      } catch (IOException ignored) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      ReplicaConnection connection = new ReplicaConnection(socket);
      for (int i = 1; ; i++) {
        String head = connection.readHead();
        if (head == null) {
          return;
        }
        List<String> trailers = new ArrayList<>();
        String body = connection.readBody(head, trailers);
        ReceivedRequest request = new ReceivedRequest(head, body, trailers, number, i);
        if (!forgetful) {
          received.add(request);
        }
        script.on(request, connection);
        if (socket.isClosed()) {
          return;
        }
      }
    } catch (IOException ignored) {
      // The other side left, or the replica was killed.
    } finally {
      sockets.remove(socket);
    }
  }

  /// Stops listening and leaves the connections as they are, as a server does that waits for its
  /// work to end.
  public void stopListening() {
    try {
      ServerSocket listening = server;
      server = null;
      if (listening != null) {
        listening.close();
      }
      // The port is closed only when nobody waits on it any more.
      Thread accepting = acceptor;
      if (accepting != null) {
        accepting.join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Stops listening and resets every connection, as `kill -9` does.
  public void kill() {
    stopListening();
    for (Socket socket : sockets) {
      try {
        socket.setSoLinger(true, 0);
        socket.close();
      } catch (IOException ended) {
        // By itself, a moment before.
      }
    }
  }

  /// Listens again at the same port.
  public void revive() {
    try {
      listen(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
