package io.fleetserve.loadbalancer.http;

import io.netty.buffer.ByteBuf;

/// Walks over a chunked body as it passes, RFC 9112 section 7.1. Confined to one event loop.
///
///     SIZE --CR--> SIZE_LF --> DATA --> DATA_CR --> DATA_LF --> SIZE ...
///      | ;                \ (size 0)
///     EXTENSION            TRAILER_START --CR--> END_LF --> DONE
///                               \ other --> TRAILER --> DONE
///
/// Strict: hex digits only, CRLF only, extensions bounded, so that the bytes may be forwarded as
/// they are and every parser behind reads the same body.
final class ChunkedFraming {
  private static final int MAX_DIGITS = 15;
  private static final int MAX_EXTENSION = 256;

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    END_LF,
    TRAILER,
    DONE
  }

  private final int badStatus;
  private State state = State.SIZE;
  private long size;
  private int digits;
  private int extension;
  private boolean quoted;

  ChunkedFraming(int badStatus) {
    this.badStatus = badStatus;
  }

  boolean isDone() {
    return state == State.DONE;
  }

  /// Nothing of the next chunk was read.
  boolean isBetweenChunks() {
    return state == State.SIZE && digits == 0;
  }

  /// Trailer fields begin: what follows belongs to a [TrailerSection].
  boolean atTrailer() {
    return state == State.TRAILER;
  }

  void trailerRead() {
    state = State.DONE;
  }

  /// Content bytes at this position that can be taken at once; 0 between chunks.
  long contentHere() {
    return state == State.DATA ? size : 0;
  }

  /// Skips framing and content from `from`; returns where it stopped: at `end`, behind the body, at
  /// the first trailer field, or (with `stopAtContent`) at content.
  int walk(ByteBuf in, int from, int end, boolean stopAtContent) {
    int i = from;
    while (i < end && state != State.DONE && state != State.TRAILER) {
      if (state == State.DATA) {
        if (stopAtContent) {
          return i;
        }
        int n = (int) Math.min(size, end - i);
        content(n);
        i += n;
      } else if (step(in.getByte(i))) {
        i++;
      }
    }
    return i;
  }

  /// Notes that `n` bytes of the content at this position were taken.
  void content(int n) {
    size -= n;
    if (size == 0) {
      state = State.DATA_CR;
    }
  }

  /// Handles one byte of framing; false if it was not consumed.
  private boolean step(byte b) {
    switch (state) {
      case SIZE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> {
        expect(b, '\n');
        state = size == 0 ? State.TRAILER_START : State.DATA;
        digits = 0;
        extension = 0;
      }
      case DATA_CR -> {
        expect(b, '\r');
        state = State.DATA_LF;
      }
      case DATA_LF -> {
        expect(b, '\n');
        state = State.SIZE;
        size = 0;
      }
      case TRAILER_START -> {
        if (b != '\r') {
          state = State.TRAILER;
          return false;
        }
        state = State.END_LF;
      }
      case END_LF -> {
        expect(b, '\n');
        state = State.DONE;
      }
      case DATA, TRAILER, DONE -> throw new IllegalStateException(state.name());
    }
    return true;
  }

  private void size(byte b) {
    int digit = Octets.hex(b);
    if (digit >= 0) {
      if (++digits > MAX_DIGITS) {
        throw new MalformedMessage(badStatus, "chunk is too large");
      }
      size = size << 4 | digit;
    } else if (digits > 0 && b == '\r') {
      state = State.SIZE_LF;
    } else if (digits > 0 && b == ';') {
      state = State.EXTENSION;
      quoted = false;
    } else {
      throw new MalformedMessage(badStatus, "invalid chunk size");
    }
  }

  private void extension(byte b) {
    if (b == '\r' && !quoted) {
      state = State.SIZE_LF;
    } else if (++extension > MAX_EXTENSION || !Octets.isValue(b) || b == '\\') {
      throw new MalformedMessage(badStatus, "invalid chunk extension");
    } else if (b == '"') {
      quoted = !quoted;
    }
  }

  private void expect(byte b, char wanted) {
    if (b != wanted) {
      throw new MalformedMessage(badStatus, "invalid chunk framing");
    }
  }
}
