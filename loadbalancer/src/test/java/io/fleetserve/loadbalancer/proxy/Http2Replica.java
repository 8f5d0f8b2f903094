package io.fleetserve.loadbalancer.proxy;

import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.wire.ReplicaEndpoint;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A replica that speaks HTTP/2 and sends the frames that a script says, one virtual thread a
/// connection. Thread-safe.
final class Http2Replica implements AutoCloseable {
  private final SocketServer server = new SocketServer(this::serve);
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

  private Http2Replica(Script script, int... settings) {
    this.script = script;
    this.settings = settings;
    server.start();
  }

  /// Runs a script on each connection.
  static Http2Replica scripted(Script script, int... settings) {
    return new Http2Replica(script, settings);
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
        id, 1, 1, "127.0.0.1", server.port(), null, false, ReplicaProtocol.H2C);
  }

  int connections() {
    return server.accepted();
  }

  private void serve(Socket socket) throws IOException {
    script.on(Http2Peer.accept(socket, settings));
  }

  @Override
  public void close() {
    server.close();
  }
}
