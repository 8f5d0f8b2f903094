package io.fleetserve.loadbalancer.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// One side of an HTTP/2 connection that sends exactly the frames it is told to, and answers
/// nothing by itself but SETTINGS. Confined to one thread.
final class Http2Peer implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;
  static final int ENHANCE_YOUR_CALM = 11;

  private static final int PATIENCE_MILLIS = 15_000;
  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final Socket socket;
  private final DataInputStream in;
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private final Map<Integer, Stream> streams = new HashMap<>();
  private boolean acknowledges = true;

  /// A frame that arrived.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(int type, int flags, int stream, byte[] payload) {
    /// Error code of RST_STREAM or GOAWAY.
    int error() {
      int at = type == GOAWAY ? 4 : 0;
      return Unpooled.wrappedBuffer(payload).getInt(at);
    }

    boolean has(int flag) {
      return (flags & flag) != 0;
    }
  }

  /// What arrived on one stream so far.
  static final class Stream {
    final StringBuilder body = new StringBuilder();
    int status;
    Http2Headers fields = new DefaultHttp2Headers();
    Http2Headers trailers = new DefaultHttp2Headers();
    final StringBuilder interim = new StringBuilder();
    boolean ended;
    boolean seen;
    int error = -1;

    String field(String name) {
      return String.valueOf(fields.get(name));
    }
  }

  private Http2Peer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new DataInputStream(socket.getInputStream());
  }

  /// Connects without a word.
  static Http2Peer open(int port) {
    try {
      return new Http2Peer(new Socket(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The same over a connection that is there.
  static Http2Peer over(Socket socket, int... settings) throws IOException {
    return new Http2Peer(socket).text(PREFACE).settings(settings).send();
  }

  /// The server's side of a connection that was accepted and begun in order.
  ///
  /// @param settings pairs of identifier and value
  static Http2Peer accept(Socket socket, int... settings) throws IOException {
    Http2Peer peer = new Http2Peer(socket);
    peer.in.readNBytes(PREFACE.length());
    return peer.settings(settings).send();
  }

  /// Connects and exchanges settings.
  ///
  /// @param settings pairs of identifier and value
  static Http2Peer connect(int port, int... settings) {
    return open(port).text(PREFACE).settings(settings).send();
  }

  /// Leaves the other side's settings without an answer.
  Http2Peer withoutAcknowledgement() {
    acknowledges = false;
    return this;
  }

  Http2Peer text(String text) {
    unsent.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /// Adds a frame to what [#send] sends.
  Http2Peer frame(int type, int flags, int stream, byte[] payload) {
    ByteBuf head = Unpooled.buffer(9);
    head.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    unsent.writeBytes(ByteBufUtil.getBytes(head));
    unsent.writeBytes(payload);
    return this;
  }

  Http2Peer settings(int... pairs) {
    ByteBuf payload = Unpooled.buffer();
    for (int i = 0; i < pairs.length; i += 2) {
      payload.writeShort(pairs[i]).writeInt(pairs[i + 1]);
    }
    return frame(SETTINGS, 0, 0, ByteBufUtil.getBytes(payload));
  }

  Http2Peer number(int type, int stream, int value) {
    return frame(type, 0, stream, ByteBufUtil.getBytes(Unpooled.buffer(4).writeInt(value)));
  }

  Http2Peer data(int stream, String text, boolean last) {
    return frame(DATA, last ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Fields in the order given.
  Http2Peer headers(int stream, boolean last, String... namesAndValues) {
    return frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, block(namesAndValues));
  }

  byte[] block(String... namesAndValues) {
    Http2Headers fields = new DefaultHttp2Headers(false);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    ByteBuf out = Unpooled.buffer();
    try {
      encoder.encodeHeaders(1, fields, out);
    } catch (Http2Exception e) {
      throw new IllegalArgumentException(e);
    }
    return ByteBufUtil.getBytes(out);
  }

  /// A request with the usual pseudo-header fields and more.
  Http2Peer request(int stream, String method, String path, boolean last, String... more) {
    String[] all = new String[8 + more.length];
    System.arraycopy(
        new String[] {":method", method, ":scheme", "http", ":path", path, ":authority", "svc"},
        0,
        all,
        0,
        8);
    System.arraycopy(more, 0, all, 8, more.length);
    return headers(stream, last, all);
  }

  Http2Peer get(int stream, String path) {
    return request(stream, "GET", path, true);
  }

  Http2Peer send() {
    try {
      socket.getOutputStream().write(unsent.toByteArray());
      unsent.reset();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends what the other side will take.
  Http2Peer trySend() {
    try {
      send();
    } catch (UncheckedIOException ignored) {
      unsent.reset();
    }
    return this;
  }

  /// The next frame, noted at its stream; an end of the connection is a GOAWAY of stream -1.
  Frame next() {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(length);
      Frame frame = new Frame(type, flags, stream, payload);
      note(frame);
      return frame;
    } catch (EOFException e) {
      return new Frame(GOAWAY, 0, -1, new byte[8]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void note(Frame frame) {
    Stream at = stream(frame.stream);
    switch (frame.type) {
      case DATA -> at.body.append(new String(frame.payload, StandardCharsets.ISO_8859_1));
      case HEADERS -> {
        Http2Headers fields = fields(frame);
        CharSequence status = fields.status();
        if (fields.method() != null) {
          at.fields = fields;
        } else if (status == null) {
          at.trailers = fields;
        } else if (status.charAt(0) == '1') {
          at.interim.append(status).append(' ');
        } else {
          at.status = Integer.parseInt(status.toString());
          at.fields = fields;
        }
      }
      case RST_STREAM -> at.error = frame.error();
      case SETTINGS -> {
        if (!frame.has(ACK) && acknowledges) {
          frame(SETTINGS, ACK, 0, new byte[0]).trySend();
        }
      }
      default -> {}
    }
    at.ended |= (frame.type == DATA || frame.type == HEADERS) && frame.has(END_STREAM);
  }

  Http2Headers fields(Frame frame) {
    try {
      return decoder.decodeHeaders(frame.stream, Unpooled.wrappedBuffer(frame.payload));
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  Stream stream(int id) {
    return Objects.requireNonNull(streams.computeIfAbsent(id, any -> new Stream()));
  }

  /// Reads until the stream is over.
  Stream answer(int id) {
    Stream at = stream(id);
    while (!at.ended && at.error < 0) {
      if (next().stream == -1) {
        throw new AssertionError("connection ended before the answer of stream " + id);
      }
    }
    return at;
  }

  /// Reads until a request is complete that was not returned before; returns its stream.
  int request() {
    while (true) {
      for (Map.Entry<Integer, Stream> each : streams.entrySet()) {
        if (each.getValue().ended && !each.getValue().seen) {
          each.getValue().seen = true;
          return each.getKey();
        }
      }
      if (next().stream == -1) {
        throw new UncheckedIOException(new EOFException("no request"));
      }
    }
  }

  /// Reads until the stream is reset; returns the error code.
  int resetOf(int id) {
    Stream at = stream(id);
    while (at.error < 0) {
      if (next().stream == -1) {
        throw new AssertionError("connection ended without a reset of stream " + id);
      }
    }
    return at.error;
  }

  /// Reads until GOAWAY; returns the error code, or -1 when the connection ended without one.
  int goAway() {
    Frame frame = next();
    while (frame.type != GOAWAY) {
      frame = next();
    }
    return frame.stream == -1 ? -1 : frame.error();
  }

  /// Reads until the next frame of a type.
  Frame await(int type) {
    Frame frame = next();
    while (frame.type != type) {
      if (frame.stream == -1) {
        throw new AssertionError("connection ended before a frame of type " + type);
      }
      frame = next();
    }
    return frame;
  }

  /// Whether the other side ends the connection; what it still sends is thrown away.
  boolean awaitEnd() {
    try {
      while (next().stream != -1) {}
      return true;
    } catch (UncheckedIOException e) {
      return !(e.getCause() instanceof java.net.SocketTimeoutException);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
