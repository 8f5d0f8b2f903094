package io.fleetserve.loadbalancer.proxy;

import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.wire.ReplicaEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A replica that speaks HTTP/2 and sends the frames that a script says, one virtual thread a
/// connection. Thread-safe.
final class Http2Replica implements AutoCloseable {
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final Script script;
  private final int[] settings;

  /// Everything that was read of a request, for assertions.
  final List<Http2Peer.Stream> requests = new CopyOnWriteArrayList<>();

  /// What happens on a connection.
  @FunctionalInterface
  interface Script {
    void on(Http2Peer peer) throws IOException;
  }

  /// Does something for each request.
  @FunctionalInterface
  interface Answer {
    void to(Http2Peer peer, int stream) throws IOException;
  }

  private Http2Replica(Script script, int... settings) throws IOException {
    this.script = script;
    this.settings = settings;
    server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// Runs a script on each connection.
  static Http2Replica scripted(Script script, int... settings) {
    try {
      return new Http2Replica(script, settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Answers each complete request.
  static Http2Replica answering(Answer answer, int... settings) {
    return scripted(
        peer -> {
          while (true) {
            int stream = peer.request();
            answer.to(peer, stream);
          }
        },
        settings);
  }

  ReplicaEndpoint endpoint(int id) {
    return new ReplicaEndpoint(
        id, 1, 1, "127.0.0.1", server.getLocalPort(), null, false, ReplicaProtocol.H2C);
  }

  int connections() {
    return connections.get();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException ignored) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.on(Http2Peer.accept(socket, settings));
    } catch (IOException | UncheckedIOException ignored) {
      // The other side left, or the replica was closed.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
