package io.fleetserve.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/// A stream of a [TunnelLink] that is joined to a connection to the server. Confined to the
/// tunnel's thread.
///
/// Bytes from the load balancer wait here while the server takes none, and are given back to the
/// stream's window only when it has; bytes of the server are read only while the stream and the
/// connection have room for them.
final class TunnelPipe implements TunnelLoop.Ready {
  private final TunnelLink link;
  private final int stream;
  private final SocketChannel server;
  private final SelectionKey key;
  private final WaitingBytes waiting = new WaitingBytes();
  private boolean connected;
  private boolean inputEnded;
  private boolean outputEnding;
  private boolean outputEnded;
  private long room;
  private int owed;
  private int window;
  private int cycle;
  private long cycleFrom = System.nanoTime();

  /// @param room bytes that the load balancer takes at first
  /// @param window bytes that it may send at first
  TunnelPipe(
      TunnelLink link, int stream, SocketChannel server, Selector selector, long room, int window)
      throws IOException {
    this.link = link;
    this.stream = stream;
    this.server = server;
    this.room = room;
    this.window = window;
    this.key = server.register(selector, SelectionKey.OP_CONNECT, this);
  }

  int stream() {
    return stream;
  }

  @Override
  public void ready(SelectionKey ready) throws IOException {
    try {
      if (!connected) {
        var _ = server.finishConnect();
        connected();
      }
      if (ready.isValid() && ready.isWritable()) {
        send();
      }
      if (ready.isValid() && ready.isReadable()) {
        receive();
      }
    } catch (IOException e) {
      link.broken(this, !connected);
    }
  }

  /// The server has accepted.
  void connected() throws IOException {
    connected = true;
    link.accepted(this);
    listen();
    send();
  }

  /// What is waited for: room of the load balancer is waited for without the socket.
  private void listen() {
    if (!key.isValid()) {
      return;
    }
    int reads = inputEnded || room <= 0 || !link.hasRoom() ? 0 : SelectionKey.OP_READ;
    int writes = waiting.isEmpty() ? 0 : SelectionKey.OP_WRITE;
    int ops = reads | writes;
    if (key.interestOps() != ops) {
      key.interestOps(ops);
    }
  }

  /// There may be room again.
  void roomAgain() {
    if (connected) {
      listen();
    }
  }

  /// The load balancer takes more.
  void grant(int more) {
    boolean had = room > 0;
    room += more;
    if (!had && connected) {
      listen();
    }
  }

  /// Bytes for the server, valid during the call.
  void take(ByteBuffer bytes, boolean end) throws IOException {
    int before = bytes.remaining();
    if (connected && waiting.isEmpty() && before > 0) {
      int sent = server.write(bytes);
      credit(sent);
    }
    if (bytes.hasRemaining()) {
      waiting.add(bytes);
      if (connected) {
        listen();
      }
    }
    outputEnding |= end;
    endOutput();
  }

  private void send() throws IOException {
    int sent = waiting.writeTo(server);
    while (sent > 0) {
      credit(sent);
      sent = waiting.writeTo(server);
    }
    listen();
    endOutput();
  }

  private void endOutput() throws IOException {
    if (outputEnding && !outputEnded && connected && waiting.isEmpty()) {
      outputEnded = true;
      server.shutdownOutput();
      endBoth();
    }
  }

  /// Gives room back when a quarter of the window is used: of halves the second is mostly a little
  /// short, and only one comes back in each round trip. The window doubles each time that the
  /// server took all of it within two round trips, as only a window that is too short for the way
  /// lets happen again and again.
  private void credit(int sent) {
    link.consumed(sent);
    owed += sent;
    cycle += sent;
    if (owed < window / 4 || outputEnding) {
      return;
    }
    int more = owed;
    owed = 0;
    if (cycle >= window) {
      long now = System.nanoTime();
      if (window < TunnelLink.LARGEST_WINDOW && now - cycleFrom < 2 * link.roundTripNanos()) {
        more += window;
        window *= 2;
      }
      cycleFrom = now;
      cycle = 0;
    }
    link.credit(stream, more);
  }

  private void receive() throws IOException {
    for (int turns = 4; turns > 0 && room > 0 && link.hasRoom(); turns--) {
      int count = link.read(this, server, room);
      if (count == 0) {
        break;
      }
      if (count < 0) {
        inputEnded = true;
        link.end(stream);
        endBoth();
        break;
      }
      room -= count;
      if (count < TunnelLink.MAX_FRAME) {
        break;
      }
    }
    listen();
  }

  private void endBoth() {
    if (inputEnded && outputEnded) {
      link.finished(this);
    }
  }

  void close() {
    link.consumed(waiting.count());
    waiting.clear();
    try {
      server.close();
    } catch (IOException ignored) {
      // Closed is all that is wanted.
    }
  }
}
