package io.fleetserve.provider.transport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Status line and headers of an answer (RFC 9112 sections 4 and 5).
///
/// @param headers names in lower case; of a repeated one the last
record HttpHead(int status, Map<String, String> headers) {
  private static final int LINE_LIMIT = 64 << 10;
  private static final int HEADERS_LIMIT = 200;

  HttpHead {
    headers = Map.copyOf(headers);
  }

  /// Interim answers (1xx) are passed over.
  static HttpHead read(InputStream in) throws IOException {
    HttpHead head = one(in);
    while (head.status() / 100 == 1) {
      head = one(in);
    }
    return head;
  }

  private static HttpHead one(InputStream in) throws IOException {
    String[] start = line(in).split(" ", 3);
    if (start.length < 2 || !start[0].startsWith("HTTP/1.") || !start[1].matches("[1-9]\\d\\d")) {
      throw new IOException("the answer is not HTTP: " + String.join(" ", start));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      if (colon <= 0 || headers.size() > HEADERS_LIMIT) {
        throw new IOException("the answer has a wrong header: " + line);
      }
      headers.put(
          line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
    return new HttpHead(Integer.parseInt(start[1]), headers);
  }

  /// The body that follows, ending where it ends (RFC 9112 section 6.3).
  InputStream body(String method, InputStream in) throws IOException {
    if (method.equals("HEAD") || status == 204 || status == 304) {
      return new ByteArrayInputStream(new byte[0]);
    }
    String coding = headers.get("transfer-encoding");
    if (coding != null) {
      if (!coding.equalsIgnoreCase("chunked")) {
        throw new IOException("transfer-encoding: " + coding + " (expected: chunked)");
      }
      return new FramedInput(in, null);
    }
    String length = headers.get("content-length");
    if (length == null) {
      return in; // until the connection ends
    }
    if (!length.matches("\\d{1,18}")) {
      throw new IOException("content-length: " + length + " (expected: a number)");
    }
    return new FramedInput(in, Long.parseLong(length));
  }

  /// A line without its end, which is CR LF or LF.
  static String line(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int b = in.read();
    while (b != '\n') {
      if (b < 0) {
        throw new IOException("the connection ended before the answer did");
      }
      if (bytes.size() > LINE_LIMIT) {
        throw new IOException("a line of more than " + LINE_LIMIT + " bytes");
      }
      bytes.write(b);
      b = in.read();
    }
    String line = bytes.toString(StandardCharsets.ISO_8859_1);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  /// A body of known length, or in chunks when there is none.
  private static final class FramedInput extends InputStream {
    private final InputStream in;
    private final boolean chunked;
    private long left;
    private boolean first = true;
    private boolean ended;

    FramedInput(InputStream in, @Nullable Long length) {
      this.in = in;
      this.chunked = length == null;
      this.left = length == null ? 0 : length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0 && !nextChunk()) {
        return -1;
      }
      int n = in.read(bytes, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new IOException("the connection ended before the answer did");
      }
      left -= n;
      return n;
    }

    private boolean nextChunk() throws IOException {
      if (!chunked || ended) {
        return false;
      }
      if (!first && !line(in).isEmpty()) {
        throw new IOException("a chunk is longer than its size says");
      }
      first = false;
      String size = line(in).split(";", 2)[0].strip();
      if (!size.matches("[0-9A-Fa-f]{1,15}")) {
        throw new IOException("chunk size: " + size + " (expected: a hexadecimal number)");
      }
      left = Long.parseLong(size, 16);
      if (left == 0) {
        ended = true;
        while (!line(in).isEmpty()) {
          // Trailers are of no use here.
        }
        return false;
      }
      return true;
    }
  }
}
