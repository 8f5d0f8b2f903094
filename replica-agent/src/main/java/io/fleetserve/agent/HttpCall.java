package io.fleetserve.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 request over a connection of its own, and its answer: what probes and the agent's
/// few calls need, and no more, because it is loaded while a request may be waiting.
///
/// Its time limit is that of a [TimedSocket]. Used by one thread.
final class HttpCall implements ProbeAnswer {
  private static final int MAX_LINE = 16 << 10;
  private static final int MAX_HEADERS = 200;

  private final TimedSocket socket;

  private int status;
  private String statusText = "";
  private long bodyLeft = Long.MAX_VALUE;
  private boolean chunked;

  private HttpCall(TimedSocket socket) {
    this.socket = socket;
  }

  /// Sends the request and reads the head of the answer.
  ///
  /// @param path with query; sent as it is
  /// @param headers sent after `Host`, `Connection` and `Content-Length`; one of these replaces
  ///   ours
  /// @param body null sends none
  /// @throws java.net.ConnectException when nothing listens
  /// @throws SocketTimeoutException when the time is over
  static HttpCall send(
      String host,
      int port,
      String method,
      String path,
      Map<String, String> headers,
      byte @Nullable [] body,
      long timeoutMillis)
      throws IOException {
    return over(
        TimedSocket.connect(host, port, timeoutMillis),
        TimedSocket.authority(host, port),
        method,
        path,
        headers,
        body);
  }

  /// The same over a connection that is there, and is closed if this fails.
  ///
  /// @param authority `Host`, unless the headers have one
  static HttpCall over(
      TimedSocket socket,
      String authority,
      String method,
      String path,
      Map<String, String> headers,
      byte @Nullable [] body)
      throws IOException {
    try {
      socket.out().write(request(authority, method, path, headers, body));
      HttpCall call = new HttpCall(socket);
      call.readHead();
      return call;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static byte[] request(
      String authority,
      String method,
      String path,
      Map<String, String> headers,
      byte @Nullable [] body) {
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    if (!has(headers, "host")) {
      head.append("Host: ").append(authority).append("\r\n");
    }
    head.append("Connection: close\r\n");
    if (body != null) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String name = header.getKey();
      if (!name.equalsIgnoreCase("connection") && !name.equalsIgnoreCase("content-length")) {
        head.append(oneLine(name)).append(": ").append(oneLine(header.getValue())).append("\r\n");
      }
    }
    byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    if (body == null) {
      return start;
    }
    byte[] all = java.util.Arrays.copyOf(start, start.length + body.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    return all;
  }

  private static boolean has(Map<String, String> headers, String name) {
    for (String key : headers.keySet()) {
      if (key.equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  private static String oneLine(String text) {
    return text.replace('\r', ' ').replace('\n', ' ');
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public String statusText() {
    return statusText;
  }

  /// From now on only silence of this length breaks the call.
  void untimed(int silence) {
    socket.untimed(silence);
  }

  /// The next bytes of the body; -1 at its end.
  int read(byte[] into, int from, int count) throws IOException {
    if (chunked && bodyLeft == 0) {
      nextChunk();
    }
    if (bodyLeft == 0) {
      return -1;
    }
    int read = socket.in().read(into, from, (int) Math.min(count, bodyLeft));
    if (read > 0 && bodyLeft != Long.MAX_VALUE) {
      bodyLeft -= read;
      if (chunked && bodyLeft == 0) {
        line(); // the line end behind a chunk
      }
    }
    return read;
  }

  @Override
  public byte[] body(int limit) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] piece = new byte[4096];
    while (body.size() < limit) {
      int read = read(piece, 0, Math.min(piece.length, limit - body.size()));
      if (read < 0) {
        break;
      }
      body.write(piece, 0, read);
    }
    return body.toByteArray();
  }

  private void readHead() throws IOException {
    do {
      String first = line();
      if (!first.startsWith("HTTP/") || first.length() < 12) {
        throw new IOException(
            "answered no HTTP: " + first.substring(0, Math.min(40, first.length())));
      }
      statusText = first.substring(first.indexOf(' ') + 1).strip();
      status = number(statusText.split(" ", 2)[0], 10);
      headers();
    } while (status >= 100 && status < 200);
    if (status == 204 || status == 304) {
      bodyLeft = 0;
    }
  }

  private void headers() throws IOException {
    for (int count = 0; count < MAX_HEADERS; count++) {
      String line = line();
      if (line.isEmpty()) {
        return;
      }
      int colon = line.indexOf(':');
      String name = colon < 0 ? line : line.substring(0, colon);
      String value = line.substring(colon + 1).strip();
      if (name.equalsIgnoreCase("content-length")) {
        bodyLeft = number(value, 10);
      } else if (name.equalsIgnoreCase("transfer-encoding") && value.equalsIgnoreCase("chunked")) {
        chunked = true;
        bodyLeft = 0;
      }
    }
    throw new IOException("answered more than " + MAX_HEADERS + " header lines");
  }

  private void nextChunk() throws IOException {
    bodyLeft = number(line().split(";", 2)[0].strip(), 16);
    if (bodyLeft == 0) {
      chunked = false;
    }
  }

  private static int number(String text, int radix) throws IOException {
    try {
      return Integer.parseUnsignedInt(text, radix);
    } catch (NumberFormatException e) {
      throw new IOException("answered no HTTP: not a number: " + text, e);
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    while (true) {
      int c = socket.in().read();
      if (c < 0 && line.isEmpty()) {
        throw new java.io.EOFException("closed the connection without an answer");
      }
      if (c < 0 || c == '\n') {
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r'
            ? line.substring(0, end - 1)
            : line.toString();
      }
      if (line.length() >= MAX_LINE) {
        throw new IOException("answered a line over " + MAX_LINE + " bytes");
      }
      line.append((char) c);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
