package io.fleetserve.agent;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Frames of an HTTP/2 connection with prior knowledge, RFC 9113 section 4, each written whole.
/// Used by one thread.
final class Http2Frames {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  /// Of DATA and HEADERS; the same bit is ACK of SETTINGS and PING.
  static final int END_STREAM = 1;

  static final int ACK = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;
  static final int PRIORITY = 0x20;

  static final int MAX_PAYLOAD = 16_384;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final DataInputStream in;
  private final OutputStream out;
  private boolean first = true;

  Http2Frames(InputStream in, OutputStream out) {
    this.in = new DataInputStream(in);
    this.out = out;
  }

  /// @param stream 0 for the connection
  /// @param payload from its first byte to its limit; read by position
  record Frame(int type, int flags, int stream, ByteBuffer payload) {
    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    int length() {
      return payload.limit();
    }

    /// The payload without padding and, in HEADERS, priority.
    byte[] content() throws IOException {
      int padding = has(PADDED) && length() > 0 ? payload.get(0) & 0xff : 0;
      int from = (has(PADDED) ? 1 : 0) + (type == HEADERS && has(PRIORITY) ? 5 : 0);
      if (length() < from + padding) {
        throw new IOException("answered no HTTP/2: padding longer than its frame");
      }
      return octets(from, length() - from - padding);
    }

    byte[] octets(int from, int count) {
      byte[] octets = new byte[count];
      payload.get(from, octets);
      return octets;
    }
  }

  /// Begins the connection: no header table, no pushed answers.
  void open() throws IOException {
    ByteBuffer settings = ByteBuffer.allocate(12);
    settings.putShort((short) 1).putInt(0).putShort((short) 2).putInt(0);
    out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
    write(SETTINGS, 0, 0, settings.array());
  }

  void write(int type, int flags, int stream, byte[] payload) throws IOException {
    write(type, flags, stream, payload, 0, payload.length);
  }

  void write(int type, int flags, int stream, byte[] payload, int from, int length)
      throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(9 + length);
    ByteBuffer head = ByteBuffer.allocate(9);
    head.putInt((length << 8) | type).put((byte) flags).putInt(stream);
    frame.writeBytes(head.array());
    frame.write(payload, from, length);
    frame.writeTo(out);
  }

  /// @throws java.io.EOFException when the connection is over
  Frame read() throws IOException {
    int lengthAndType = in.readInt();
    int type = lengthAndType & 0xff;
    if (first && type != SETTINGS) {
      throw new IOException("answered no HTTP/2");
    }
    first = false;
    int length = lengthAndType >>> 8;
    if (length > MAX_PAYLOAD) {
      throw new IOException("answered a frame over " + MAX_PAYLOAD + " bytes");
    }
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & 0x7fff_ffff;
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame(type, flags, stream, ByteBuffer.wrap(payload));
  }
}
