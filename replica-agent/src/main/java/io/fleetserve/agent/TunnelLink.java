package io.fleetserve.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One connection to a load balancer, which is the client of its HTTP/2 (RFC 9113). Confined to the
/// tunnel's thread.
///
///     HANDSHAKE --TLS agreed--> OPEN --GOAWAY of either side--> LEAVING --no stream left--> closed
///
/// Each stream is a CONNECT (section 8.5) to this replica's server, the only place there is to
/// connect to, so its fields say nothing and are not read; their table is of size 0, so that none of
/// them changes what a later one means.
final class TunnelLink implements TunnelLoop.Ready, AutoCloseable {
  static final int MAX_FRAME = Http2Frames.MAX_PAYLOAD;

  /// Largest window of a stream.
  static final int LARGEST_WINDOW = 2 << 20;

  private static final int FIRST_WINDOW = 256 << 10;
  private static final int STANDARD_WINDOW = 65_535;

  /// Bounds what waits here for a server that reads slowly, of all streams together: an agent has a
  /// heap of 24 MB, and two connections to each load balancer.
  private static final int CONNECTION_WINDOW = 4 << 20;

  private static final int MOST_STREAMS = 4_096;
  private static final int FRAME_HEAD = 9;

  /// Room that data leaves for small frames.
  private static final int RESERVE = 8 << 10;

  private static final int CANCEL = 8;
  private static final int CONNECT_ERROR = 10;
  private static final int NO_ERROR = 0;
  private static final byte STATUS_200 = (byte) 0x88; // RFC 7541 appendix A, index 8
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final TlsWire wire;
  private final Selector selector;
  private final SelectionKey key;
  private final Owner owner;
  private final Map<Integer, TunnelPipe> pipes = new HashMap<>();
  private boolean open;
  private boolean leaving;
  private boolean prefaceRead;
  private boolean blocked;
  private long heardAtNanos = System.nanoTime();
  private long askedAtNanos = heardAtNanos;
  private long roundTripNanos;
  private long room = STANDARD_WINDOW;
  private int firstRoom = STANDARD_WINDOW;
  private int owed;
  private int lastStream;

  /// Who the connection belongs to.
  interface Owner {
    /// Checks who is at the other end, after the handshake.
    void check(TlsWire wire) throws IOException;

    /// The connection is in use.
    void opened(TunnelLink link);

    /// The load balancer wants to be dialled again.
    void leaving(TunnelLink link);

    void closed(TunnelLink link);

    /// Where the server listens.
    InetSocketAddress server();
  }

  /// @param wire connected; the handshake begins
  TunnelLink(TlsWire wire, Selector selector, Owner owner) throws IOException {
    this.wire = wire;
    this.selector = selector;
    this.owner = owner;
    this.key = wire.socket().register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE, this);
  }

  boolean isLeaving() {
    return leaving;
  }

  boolean isOpen() {
    return open;
  }

  @Override
  public void ready(SelectionKey ready) throws IOException {
    try {
      if (!open && !wire.handshake()) {
        key.interestOps(wire.isBlocked() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        return;
      }
      if (!open) {
        begin();
      }
      while (wire.fill()) {
        heardAtNanos = System.nanoTime();
        readFrames();
      }
      readFrames();
    } catch (IOException e) {
      close();
    }
  }

  private void begin() throws IOException {
    owner.check(wire);
    open = true;
    key.interestOps(SelectionKey.OP_READ);
    ByteBuffer out = head(Http2Frames.SETTINGS, 0, 0, 18);
    out.putShort((short) 1).putInt(0); // HEADER_TABLE_SIZE
    out.putShort((short) 3).putInt(MOST_STREAMS);
    out.putShort((short) 4).putInt(FIRST_WINDOW);
    credit(0, CONNECTION_WINDOW - STANDARD_WINDOW);
    ask(System.nanoTime());
    owner.opened(this);
  }

  /// Sends what has gathered. To be called after each turn.
  void flush() {
    try {
      if (open && !wire.flush()) {
        blocked = true;
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      } else if (blocked) {
        blocked = false;
        key.interestOps(SelectionKey.OP_READ);
        pipes.values().forEach(TunnelPipe::roomAgain);
      }
    } catch (IOException e) {
      close();
    }
  }

  /// Whether bytes of the server may be read. Who is told no is told by [TunnelPipe#roomAgain] when
  /// they may, even if the socket takes what it has refused before this turn is over.
  boolean hasRoom() {
    blocked |= wire.isBlocked();
    return room > 0 && !wire.isBlocked();
  }

  /// Begins a frame; its payload has to follow.
  private ByteBuffer head(int type, int flags, int stream, int length) throws IOException {
    ByteBuffer out = wire.out();
    if (out.remaining() < FRAME_HEAD + length) {
      var _ = wire.flush();
      if (out.remaining() < FRAME_HEAD + length) {
        // Small frames only: data waits for room before it is read.
        throw new IOException("the load balancer takes nothing");
      }
    }
    return out.putInt(length << 8 | type).put((byte) flags).putInt(stream);
  }

  /// Reads bytes of the server straight into a frame: their number, 0 for none, -1 at the end.
  int read(TunnelPipe pipe, SocketChannel server, long pipeRoom) throws IOException {
    ByteBuffer out = wire.out();
    if (out.remaining() < FRAME_HEAD + MAX_FRAME + RESERVE) {
      var _ = wire.flush();
      if (out.remaining() < FRAME_HEAD + MAX_FRAME + RESERVE) {
        return 0;
      }
    }
    int start = out.position();
    int most = (int) Math.min(MAX_FRAME, Math.min(pipeRoom, room));
    out.position(start + FRAME_HEAD).limit(start + FRAME_HEAD + most);
    int count = -1;
    try {
      count = server.read(out);
    } finally {
      out.limit(out.capacity());
      if (count <= 0) {
        out.position(start);
      }
    }
    if (count > 0) {
      out.putInt(start, count << 8 | Http2Frames.DATA);
      out.put(start + 4, (byte) 0).putInt(start + 5, pipe.stream());
      room -= count;
    }
    return count;
  }

  /// The server's side is complete.
  void end(int stream) throws IOException {
    head(Http2Frames.DATA, Http2Frames.END_STREAM, stream, 0);
  }

  /// Lets the load balancer send more.
  void credit(int stream, int bytes) {
    try {
      head(Http2Frames.WINDOW_UPDATE, 0, stream, 4).putInt(bytes);
    } catch (IOException e) {
      close();
    }
  }

  void accepted(TunnelPipe pipe) throws IOException {
    head(Http2Frames.HEADERS, Http2Frames.END_HEADERS, pipe.stream(), 1).put(STATUS_200);
  }

  /// The connection to the server failed.
  ///
  /// @param refused it never was
  void broken(TunnelPipe pipe, boolean refused) throws IOException {
    reset(pipe.stream(), refused ? CONNECT_ERROR : CANCEL);
    finished(pipe);
  }

  private void reset(int stream, int error) throws IOException {
    head(Http2Frames.RST_STREAM, 0, stream, 4).putInt(error);
  }

  void finished(TunnelPipe pipe) {
    pipes.remove(pipe.stream());
    pipe.close();
  }

  private void readFrames() throws IOException {
    ByteBuffer in = wire.in();
    if (!prefaceRead) {
      if (in.remaining() < PREFACE.length) {
        return;
      }
      for (byte expected : PREFACE) {
        if (in.get() != expected) {
          throw new IOException("no HTTP/2");
        }
      }
      prefaceRead = true;
    }
    while (in.remaining() >= FRAME_HEAD) {
      int start = in.position();
      int length = in.getInt(start) >>> 8;
      if (length > MAX_FRAME) {
        throw new IOException("a frame over " + MAX_FRAME + " bytes");
      }
      if (in.remaining() < FRAME_HEAD + length) {
        return;
      }
      int limit = in.limit();
      in.position(start + FRAME_HEAD).limit(start + FRAME_HEAD + length);
      on(in.get(start + 3), in.get(start + 4), in.getInt(start + 5) & 0x7fff_ffff, in);
      in.limit(limit).position(start + FRAME_HEAD + length);
    }
  }

  private void on(int type, int flags, int stream, ByteBuffer payload) throws IOException {
    switch (type) {
      case Http2Frames.DATA -> data(flags, stream, payload);
      case Http2Frames.HEADERS -> connect(flags, stream);
      case Http2Frames.RST_STREAM -> {
        TunnelPipe pipe = pipes.get(stream);
        if (pipe != null) {
          finished(pipe);
        }
      }
      case Http2Frames.SETTINGS -> settings(flags, payload);
      case Http2Frames.PING -> {
        if ((flags & Http2Frames.ACK) == 0) {
          head(Http2Frames.PING, Http2Frames.ACK, 0, payload.remaining()).put(payload);
        } else {
          roundTripNanos = System.nanoTime() - payload.getLong();
        }
      }
      case Http2Frames.GOAWAY -> {
        leaving = true;
        owner.leaving(this);
      }
      case Http2Frames.WINDOW_UPDATE -> grant(stream, payload.getInt() & 0x7fff_ffff);
      default -> {} // PRIORITY, or what a newer load balancer may say: RFC 9113 section 4.1
    }
  }

  private void data(int flags, int stream, ByteBuffer payload) throws IOException {
    int bytes = payload.remaining();
    if ((flags & Http2Frames.PADDED) != 0) {
      int padding = payload.get() & 0xff;
      if (padding > payload.remaining()) {
        throw new IOException("padding longer than its frame");
      }
      payload.limit(payload.limit() - padding);
    }
    consumed(bytes - payload.remaining());
    TunnelPipe pipe = pipes.get(stream);
    if (pipe != null) {
      try {
        pipe.take(payload, (flags & Http2Frames.END_STREAM) != 0);
      } catch (IOException e) {
        broken(pipe, false);
      }
    }
    consumed(payload.remaining());
  }

  /// Bytes of a stream wait here no more; the connection's window has room for as many again.
  void consumed(int bytes) {
    owed += bytes;
    if (open && owed >= CONNECTION_WINDOW / 4) {
      credit(0, owed);
      owed = 0;
    }
  }

  private void connect(int flags, int stream) throws IOException {
    if ((flags & Http2Frames.END_HEADERS) == 0 || stream <= lastStream || (stream & 1) == 0) {
      throw new IOException("no CONNECT of this protocol");
    }
    lastStream = stream;
    SocketChannel server = SocketChannel.open();
    try {
      server.configureBlocking(false);
      server.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
      boolean at = server.connect(owner.server());
      TunnelPipe pipe = new TunnelPipe(this, stream, server, selector, firstRoom, FIRST_WINDOW);
      pipes.put(stream, pipe);
      if (at) {
        pipe.connected();
      }
    } catch (IOException | RuntimeException e) {
      server.close();
      pipes.remove(stream);
      reset(stream, CONNECT_ERROR);
    }
  }

  private void settings(int flags, ByteBuffer payload) throws IOException {
    if ((flags & Http2Frames.ACK) != 0) {
      return;
    }
    while (payload.remaining() >= 6) {
      int name = payload.getShort();
      int value = payload.getInt();
      if (name == 4) {
        firstRoom = value;
      }
    }
    head(Http2Frames.SETTINGS, Http2Frames.ACK, 0, 0);
  }

  private void grant(int stream, int more) {
    if (stream == 0) {
      boolean had = room > 0;
      room += more;
      if (!had) {
        pipes.values().forEach(TunnelPipe::roomAgain);
      }
    } else {
      TunnelPipe pipe = pipes.get(stream);
      if (pipe != null) {
        pipe.grant(more);
      }
    }
  }

  /// Looks at the time: asks each `pingNanos`, gives up after `silenceNanos`.
  void look(long now, long pingNanos, long silenceNanos) {
    if (now - heardAtNanos > silenceNanos || (leaving && pipes.isEmpty())) {
      close();
    } else if (open && now - askedAtNanos > pingNanos) {
      try {
        ask(now);
      } catch (IOException e) {
        close();
      }
    }
  }

  private void ask(long now) throws IOException {
    askedAtNanos = now;
    head(Http2Frames.PING, 0, 0, 8).putLong(now);
  }

  /// As last measured; 0 before.
  long roundTripNanos() {
    return roundTripNanos;
  }

  /// No new streams from now on; those that are open go on.
  void retire() {
    if (!leaving && open) {
      leaving = true;
      try {
        head(Http2Frames.GOAWAY, 0, 0, 8).putInt(lastStream).putInt(NO_ERROR);
      } catch (IOException e) {
        close();
      }
    }
  }

  @Override
  public void close() {
    if (key.isValid() || wire.socket().isOpen()) {
      key.cancel();
      wire.close();
      open = false;
      List.copyOf(pipes.values()).forEach(TunnelPipe::close);
      pipes.clear();
      leaving = true;
      owner.closed(this);
    }
  }
}
