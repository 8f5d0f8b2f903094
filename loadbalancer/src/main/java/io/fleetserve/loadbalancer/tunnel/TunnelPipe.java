package io.fleetserve.loadbalancer.tunnel;

import io.fleetserve.loadbalancer.lane.Buffers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A connection to a replica's server through a tunnel, as a channel: whatever works over a socket
/// works over it. One stream of a [TunnelSession], which may belong to another event loop.
///
///     OPENING --200--> OPEN --END_STREAM read, close, RST_STREAM, loss of the session--> CLOSED
///
/// Back pressure both ways: bytes that are not read are not given back to the stream's window, and
/// writes wait here while [#UNSENT] bytes are under way. Its window begins small and doubles each
/// time that the reader took all of it within two round trips, as only a window that is too short
/// for the way lets happen again and again. So a long way is filled, and a slow reader holds little.
///
/// Confined to its event loop, except [#run], [#stream] and [#eventLoop].
final class TunnelPipe extends AbstractChannel implements DuplexChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false);

  /// Bytes given to the session and not yet sent.
  private static final int UNSENT = 256 << 10;

  private static final int LARGEST_WINDOW = 4 << 20;
  private static final long PLENTY = Runtime.getRuntime().maxMemory() / 4;

  private final ChannelConfig config = new DefaultChannelConfig(this);
  private final ArrayDeque<ByteBuf> arrived = new ArrayDeque<>();
  private final ChannelPromise opening = newPromise();
  private final AtomicReference<@Nullable TunnelSession> session = new AtomicReference<>();
  private volatile @Nullable Http2Stream stream;
  private boolean open = true;
  private boolean active;
  private boolean readWanted;
  private boolean draining;
  private boolean inputEnded;
  private boolean lost;
  private boolean outputEnded;
  private int unsent;
  private int window = TunnelSession.FIRST_WINDOW;
  private int cycle;
  private long cycleFrom;
  private long askedAt;
  private long roundTripNanos;

  TunnelPipe() {
    super(null);
  }

  /// Done when the server has accepted, or never will.
  ChannelFuture opening() {
    return opening;
  }

  boolean isOpening() {
    return !opening.isDone();
  }

  /// Does something on the event loop of this pipe, at once if that is the caller's. Thread-safe.
  void run(Runnable task) {
    EventLoop loop = eventLoop();
    if (loop.inEventLoop()) {
      task.run();
      return;
    }
    try {
      loop.execute(task);
    } catch (RejectedExecutionException ended) {
      // The process ends: the pipe has gone with its event loop.
    }
  }

  /// Goes over a session from now on.
  void over(TunnelSession chosen) {
    session.set(chosen);
    askedAt = System.nanoTime();
    chosen.connect(this);
  }

  /// The stream; null before there is one. Thread-safe.
  @Nullable Http2Stream stream() {
    return stream;
  }

  void stream(Http2Stream opened) {
    stream = opened;
  }

  /// The server has accepted.
  void opened() {
    if (open && !opening.isDone()) {
      active = true;
      cycleFrom = System.nanoTime();
      roundTripNanos = cycleFrom - askedAt; // and the agent's connection, beside it
      opening.setSuccess();
      pipeline().fireChannelActive();
    }
  }

  /// There will be no connection.
  void failed(IOException why) {
    if (opening.tryFailure(why)) {
      unsafe().close(voidPromise());
    }
  }

  /// The stream is gone: by a reset, or with its session.
  void lost() {
    lost = true;
    failed(new IOException("the tunnel was lost"));
    if (open && !inputEnded) {
      pipeline().fireExceptionCaught(new IOException("reset"));
      unsafe().close(voidPromise());
    }
  }

  /// Bytes came, which are owned from here on; [#drain] has to follow.
  ///
  /// @param piece null for none
  void arrived(@Nullable ByteBuf piece, boolean end) {
    inputEnded |= end;
    if (piece == null) {
      return;
    }
    if (open) {
      arrived.add(piece);
    } else {
      piece.release();
    }
  }

  /// Gives what came to the reader, as far as it wants it.
  void drain() {
    if (draining || !active) {
      return;
    }
    draining = true;
    boolean any = false;
    while (readWanted && !arrived.isEmpty()) {
      ByteBuf piece = arrived.remove();
      int bytes = piece.readableBytes();
      any = true;
      pipeline().fireChannelRead(piece);
      consumed(bytes);
      readWanted &= config.isAutoRead();
    }
    if (any && open) {
      readWanted = false;
      pipeline().fireChannelReadComplete();
    }
    draining = false;
    if (open && inputEnded && arrived.isEmpty()) {
      unsafe().close(voidPromise());
    } else if (open && readWanted && !arrived.isEmpty()) {
      eventLoop().execute(this::drain);
    }
  }

  private void consumed(int bytes) {
    TunnelSession over = session.get();
    if (over == null || lost || inputEnded) {
      return;
    }
    over.consumed(this, bytes, growth(bytes));
  }

  /// By how much the window grows now.
  private int growth(int bytes) {
    if (window >= LARGEST_WINDOW) {
      return 0;
    }
    cycle += bytes;
    if (cycle < window) {
      return 0;
    }
    long now = System.nanoTime();
    boolean used = now - cycleFrom < 2 * roundTripNanos;
    cycleFrom = now;
    cycle = 0;
    if (!used || Buffers.bytes() >= PLENTY) {
      return 0;
    }
    int more = window;
    window += more;
    return more;
  }

  /// Bytes are on their way.
  void sent(int bytes) {
    boolean full = unsent >= UNSENT;
    unsent -= bytes;
    if (full && unsent < UNSENT && open) {
      unsafe().flush();
    }
  }

  private void cancel() {
    TunnelSession over = session.get();
    if (over != null && !lost) {
      over.cancel(this);
    }
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer out) {
    TunnelSession over = session.get();
    while (over != null && unsent < UNSENT && out.current() instanceof ByteBuf data) {
      int bytes = data.readableBytes();
      if (bytes > 0) {
        unsent += bytes;
        over.write(this, data.retain());
      }
      out.remove();
    }
  }

  @Override
  protected Object filterOutboundMessage(Object message) {
    if (message instanceof ByteBuf) {
      return message;
    }
    throw new UnsupportedOperationException("bytes only");
  }

  @Override
  protected void doBeginRead() {
    readWanted = true;
    if (!draining && (inputEnded || !arrived.isEmpty())) {
      eventLoop().execute(this::drain);
    }
  }

  @Override
  protected void doClose() {
    open = false;
    active = false;
    opening.tryFailure(new IOException("closed"));
    arrived.forEach(ByteBuf::release);
    arrived.clear();
    cancel();
  }

  @Override
  protected void doShutdownOutput() {
    outputEnded = true;
    TunnelSession over = session.get();
    if (over != null) {
      over.end(this);
    }
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException("a pipe has no address");
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return true;
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    return null;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return null;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new AbstractUnsafe() {
      @Override
      public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
        promise.setFailure(new UnsupportedOperationException("a pipe has no address"));
      }
    };
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public boolean isActive() {
    return active;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  public boolean isInputShutdown() {
    return inputEnded;
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    return promise.setFailure(new UnsupportedOperationException("input ends with the stream"));
  }

  @Override
  public boolean isOutputShutdown() {
    return outputEnded;
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    ((AbstractUnsafe) unsafe()).shutdownOutput(promise);
    return promise;
  }

  @Override
  public boolean isShutdown() {
    return inputEnded && outputEnded;
  }

  @Override
  public ChannelFuture shutdown() {
    return close();
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    return close(promise);
  }
}
