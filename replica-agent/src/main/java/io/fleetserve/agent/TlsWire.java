package io.fleetserve.agent;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/// TLS over a socket that does not block. Used by one thread.
///
/// What is to be sent is put into [#out] and goes on its way by [#flush]; what came is in [#in],
/// between position and limit, after [#fill].
final class TlsWire implements AutoCloseable {
  /// Room of [#out]: several frames share a record and a system call.
  static final int OUT = 64 << 10;

  private final SocketChannel socket;
  private final SSLEngine engine;
  private final ByteBuffer out = ByteBuffer.allocate(OUT);
  private ByteBuffer in;
  private final ByteBuffer netIn;
  private final ByteBuffer netOut;

  /// @param socket connected, not blocking
  /// @param engine of a client, not begun
  TlsWire(SocketChannel socket, SSLEngine engine) throws IOException {
    this.socket = socket;
    this.engine = engine;
    int record = engine.getSession().getPacketBufferSize();
    this.in = ByteBuffer.allocate(2 * engine.getSession().getApplicationBufferSize()).limit(0);
    this.netIn = ByteBuffer.allocate(2 * record);
    this.netOut = ByteBuffer.allocate(OUT + 4 * record).limit(0);
    engine.beginHandshake();
  }

  /// Plaintext to be sent; only put into it.
  ByteBuffer out() {
    return out;
  }

  /// Plaintext that came.
  ByteBuffer in() {
    return in;
  }

  /// Goes on with the handshake as far as the socket allows; true when it is done.
  ///
  /// @throws IOException when it failed, or the connection is over
  boolean handshake() throws IOException {
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      switch (status) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          wrap();
          if (!send()) {
            return false;
          }
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!unwrap() && !receive()) {
            return false;
          }
        }
        case FINISHED, NOT_HANDSHAKING -> {
          return send();
        }
      }
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /// Reads and decrypts once; false when there is nothing now.
  ///
  /// @throws EOFException when the connection is over
  boolean fill() throws IOException {
    boolean any = false;
    while (unwrap()) {
      any = true;
    }
    if (!any && receive()) {
      while (unwrap()) {
        any = true;
      }
      return true; // maybe a record that is not whole yet
    }
    return any;
  }

  /// False when the socket has nothing now.
  private boolean receive() throws IOException {
    int count = socket.read(netIn);
    if (count < 0) {
      throw new EOFException("the load balancer ended the connection");
    }
    return count > 0;
  }

  /// Decrypts a record; false when there is none, or no room for it.
  private boolean unwrap() throws IOException {
    netIn.flip();
    in.compact();
    SSLEngineResult result = engine.unwrap(netIn, in);
    netIn.compact();
    in.flip();
    if (result.getStatus() == Status.CLOSED) {
      throw new EOFException("the load balancer ended the connection");
    }
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      runTasks();
    }
    return result.getStatus() == Status.OK
        && (result.bytesConsumed() > 0 || result.bytesProduced() > 0);
  }

  /// Encrypts and sends what is in [#out]; false when the socket takes no more now.
  boolean flush() throws IOException {
    while (send()) {
      if (out.position() == 0) {
        return true;
      }
      wrap();
    }
    return false;
  }

  /// Whether bytes wait for the socket.
  boolean isBlocked() {
    return netOut.hasRemaining();
  }

  private void wrap() throws IOException {
    netOut.compact();
    out.flip();
    try {
      do {
        SSLEngineResult result = engine.wrap(out, netOut);
        if (result.getStatus() == Status.CLOSED) {
          throw new EOFException("the connection was closed");
        }
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
          break;
        }
      } while (out.hasRemaining() && !isHandshaking());
    } finally {
      out.compact();
      netOut.flip();
    }
  }

  private boolean isHandshaking() {
    HandshakeStatus status = engine.getHandshakeStatus();
    return status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED;
  }

  private boolean send() throws IOException {
    while (netOut.hasRemaining()) {
      if (socket.write(netOut) == 0) {
        return false;
      }
    }
    return true;
  }

  SSLEngine engine() {
    return engine;
  }

  SocketChannel socket() {
    return socket;
  }

  @Override
  public void close() {
    try {
      engine.closeOutbound();
      wrap();
      var _ = send();
    } catch (IOException ignored) {
      // Saying goodbye is a courtesy.
    }
    try {
      socket.close();
    } catch (IOException ignored) {
      // Closed is all that is wanted.
    }
  }
}
