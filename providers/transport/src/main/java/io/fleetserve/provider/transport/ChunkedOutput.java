package io.fleetserve.provider.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes chunks (RFC 9112 section 7.1); closing writes the last one and leaves the stream open.
final class ChunkedOutput extends OutputStream {
  private final OutputStream out;
  private final byte[] buffer = new byte[32 << 10];
  private int filled;

  ChunkedOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, buffer.length - filled);
      System.arraycopy(bytes, from, buffer, filled, part);
      filled += part;
      from += part;
      left -= part;
      if (filled == buffer.length) {
        chunk();
      }
    }
  }

  private void chunk() throws IOException {
    if (filled == 0) {
      return;
    }
    out.write((Integer.toHexString(filled) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(buffer, 0, filled);
    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    filled = 0;
  }

  @Override
  public void flush() throws IOException {
    chunk();
    out.flush();
  }

  @Override
  public void close() throws IOException {
    chunk();
    out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }
}
