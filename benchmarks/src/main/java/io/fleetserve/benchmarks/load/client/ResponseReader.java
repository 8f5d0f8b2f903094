package io.fleetserve.benchmarks.load.client;

import io.netty.buffer.ByteBuf;

/// Reads the answers of one connection: heads, bodies by length and chunked bodies, and in chunked
/// bodies the events of the backend (`@` and 16 hex digits of a time). Keeps its place when a piece
/// ends anywhere, since proxies may cut and join chunks as they like.
final class ResponseReader {
  /// What was read.
  interface Sink {
    void body(int length);

    void event(long stampNanos);

    /// The answer is complete; the next byte belongs to the next answer.
    void complete(int status);
  }

  private enum State {
    HEAD,
    LENGTH,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER
  }

  private final Sink sink;
  private final byte[] scratch = new byte[8192];
  private final byte[] head = new byte[8192];
  private State state = State.HEAD;
  private int headLength;
  private int status;
  private long left;
  private int lineLength;
  private int stampDigits = -1;
  private long stamp;

  ResponseReader(Sink sink) {
    this.sink = sink;
  }

  /// Reads all bytes of the buffer; does not release it.
  void read(ByteBuf buffer) {
    while (buffer.isReadable()) {
      switch (state) {
        case HEAD -> readHead(buffer);
        case LENGTH -> {
          int length = (int) Math.min(left, buffer.readableBytes());
          buffer.skipBytes(length);
          left -= length;
          sink.body(length);
          completeWhen(left == 0);
        }
        case CHUNK_SIZE -> readSize(buffer.readByte());
        case CHUNK_DATA -> readData(buffer);
        case CHUNK_END -> {
          if (buffer.readByte() == '\n') {
            state = State.CHUNK_SIZE;
          }
        }
        case TRAILER -> readTrailer(buffer.readByte());
      }
    }
  }

  private void readHead(ByteBuf buffer) {
    int start = headLength;
    int length = Math.min(buffer.readableBytes(), head.length - start);
    buffer.getBytes(buffer.readerIndex(), head, start, length);
    for (int at = Math.max(start, 3); at < start + length; at++) {
      if (head[at] == '\n' && head[at - 1] == '\r' && head[at - 2] == '\n') {
        buffer.skipBytes(at + 1 - start);
        headLength = 0;
        startBody(new ResponseHead(head, at + 1));
        return;
      }
    }
    buffer.skipBytes(length);
    headLength += length;
    if (headLength == head.length) {
      throw new IllegalStateException("answer head longer than " + head.length + " bytes");
    }
  }

  private void startBody(ResponseHead response) {
    status = response.status();
    if (status < 200) {
      return; // an interim answer: the real one follows
    }
    left = 0;
    if (response.isChunked()) {
      state = State.CHUNK_SIZE;
    } else {
      left = response.contentLength();
      state = State.LENGTH;
      completeWhen(left == 0);
    }
  }

  private void readSize(byte next) {
    if (next == '\n') {
      state = left == 0 ? State.TRAILER : State.CHUNK_DATA;
      lineLength = 0;
    } else if (next != '\r') {
      left = left * 16 + Character.digit(next, 16);
    }
  }

  private void readData(ByteBuf buffer) {
    int length = (int) Math.min(Math.min(left, buffer.readableBytes()), scratch.length);
    buffer.readBytes(scratch, 0, length);
    for (int at = 0; at < length; at++) {
      readEventByte(scratch[at]);
    }
    left -= length;
    sink.body(length);
    if (left == 0) {
      state = State.CHUNK_END;
    }
  }

  private void readEventByte(byte next) {
    if (next == '@') {
      stampDigits = 0;
      stamp = 0;
    } else if (stampDigits >= 0) {
      stamp = stamp << 4 | Character.digit(next, 16);
      if (++stampDigits == 16) {
        stampDigits = -1;
        sink.event(stamp);
      }
    }
  }

  private void readTrailer(byte next) {
    if (next == '\n') {
      completeWhen(lineLength == 0);
      lineLength = 0;
    } else if (next != '\r') {
      lineLength++;
    }
  }

  private void completeWhen(boolean complete) {
    if (complete) {
      state = State.HEAD;
      sink.complete(status);
    }
  }
}
