package io.fleetserve.agent;

import io.fleetserve.agent.Http2Frames.Frame;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 request over a connection of its own, and its answer: what probes need, and no more.
///
/// Its time limit is that of a [TimedSocket]. It gives no window back, so an answer is read to
/// 65,535 bytes at most. Used by one thread.
final class Http2Call implements ProbeAnswer {
  private static final int STREAM = 1;
  private static final int WINDOW = 65_535;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int MAX_HEAD = 64 << 10;

  /// RFC 9113 section 8.2.2, and what is said otherwise here.
  private static final Set<String> NOT_SENT =
      Set.of(
          "connection",
          "content-length",
          "host",
          "keep-alive",
          "proxy-connection",
          "te",
          "transfer-encoding",
          "upgrade");

  private final TimedSocket socket;
  private final Http2Frames frames;
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  private Map<String, String> head = Map.of();
  private Map<String, String> trailers = Map.of();
  private boolean blockOpen;
  private boolean ended;
  private int received;

  private long connectionWindow = WINDOW;
  private long streamWindow = WINDOW;
  private long initialWindow = WINDOW;

  private Http2Call(TimedSocket socket) throws IOException {
    this.socket = socket;
    this.frames = new Http2Frames(socket.in(), socket.out());
  }

  /// Sends the request and reads the head of the answer.
  ///
  /// @param socket is closed if this fails
  /// @param scheme `http` or `https`
  /// @param authority unless the headers have a `Host`
  /// @param path with query; sent as it is
  /// @param headers without what HTTP/2 has no place for
  /// @param content null sends none
  /// @throws java.net.SocketTimeoutException when the time is over
  static Http2Call over(
      TimedSocket socket,
      String scheme,
      String authority,
      String method,
      String path,
      Map<String, String> headers,
      byte @Nullable [] content)
      throws IOException {
    try {
      Http2Call call = new Http2Call(socket);
      Map<String, String> fields = fields(scheme, authority, method, path, headers, content);
      call.frames.open();
      call.sendHead(fields, content == null);
      if (content != null) {
        call.sendBody(content);
      }
      while (call.head.isEmpty()) {
        call.readFrame();
      }
      return call;
    } catch (EOFException e) {
      socket.close();
      throw new EOFException("closed the connection without an answer");
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static Map<String, String> fields(
      String scheme,
      String authority,
      String method,
      String path,
      Map<String, String> headers,
      byte @Nullable [] content) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(":method", method);
    fields.put(":scheme", scheme);
    fields.put(":path", path);
    fields.put(":authority", authority);
    if (content != null) {
      fields.put("content-length", Integer.toString(content.length));
    }
    fields.put("te", "trailers");
    headers.forEach((key, value) -> {
      String name = key.toLowerCase(Locale.ROOT);
      if (name.equals("host")) {
        fields.put(":authority", value);
      } else if (!NOT_SENT.contains(name)) {
        fields.put(name, value.strip());
      }
    });
    return fields;
  }

  private void sendHead(Map<String, String> fields, boolean ends) throws IOException {
    byte[] encoded = HeaderBlock.encode(fields);
    int type = Http2Frames.HEADERS;
    int from = 0;
    do {
      int length = Math.min(Http2Frames.MAX_PAYLOAD, encoded.length - from);
      boolean last = from + length == encoded.length;
      int flags =
          (last ? Http2Frames.END_HEADERS : 0)
              | (ends && type == Http2Frames.HEADERS ? Http2Frames.END_STREAM : 0);
      frames.write(type, flags, STREAM, encoded, from, length);
      type = Http2Frames.CONTINUATION;
      from += length;
    } while (from < encoded.length);
  }

  /// As the server's windows allow; not to the end if it has answered before.
  private void sendBody(byte[] content) throws IOException {
    int from = 0;
    do {
      long window = Math.min(connectionWindow, streamWindow);
      int length = (int) Math.min(Math.min(Http2Frames.MAX_PAYLOAD, window), content.length - from);
      if (length <= 0 && content.length > 0) {
        readFrame();
        continue;
      }
      int flags = from + length == content.length ? Http2Frames.END_STREAM : 0;
      frames.write(Http2Frames.DATA, flags, STREAM, content, from, length);
      connectionWindow -= length;
      streamWindow -= length;
      from += length;
    } while (from < content.length && !ended);
  }

  @Override
  public int status() {
    return Integer.parseInt(head.get(":status"));
  }

  @Override
  public String statusText() {
    return Integer.toString(status());
  }

  /// A field of the trailers, or of a head that is all there is of an answer; null if absent.
  @Nullable String trailer(String name) {
    return trailers.isEmpty() ? head.get(name) : trailers.get(name);
  }

  /// The body as far as it comes within `limit` and a window; then the trailers are known too.
  @Override
  public byte[] body(int limit) throws IOException {
    while (!ended && received < Math.min(limit, WINDOW)) {
      readFrame();
    }
    return body.toByteArray();
  }

  private void readFrame() throws IOException {
    Frame frame = frames.read();
    if (blockOpen != (frame.type() == Http2Frames.CONTINUATION)) {
      // RFC 9113 section 6.10: nothing comes between the frames of one block.
      throw new IOException("answered no HTTP/2: a header block is not whole");
    }
    switch (frame.type()) {
      case Http2Frames.DATA -> onData(frame);
      case Http2Frames.HEADERS, Http2Frames.CONTINUATION -> onHeaders(frame);
      case Http2Frames.RST_STREAM -> onReset(frame);
      case Http2Frames.SETTINGS -> onSettings(frame);
      case Http2Frames.PING -> {
        if (!frame.has(Http2Frames.ACK)) {
          frames.write(Http2Frames.PING, Http2Frames.ACK, 0, frame.octets(0, frame.length()));
        }
      }
      case Http2Frames.GOAWAY -> {
        if (number(frame) < STREAM) {
          throw new IOException("closed the connection without an answer");
        }
      }
      case Http2Frames.WINDOW_UPDATE -> {
        if (frame.stream() == 0) {
          connectionWindow += number(frame);
        } else {
          streamWindow += number(frame);
        }
      }
      case Http2Frames.PUSH_PROMISE ->
          throw new IOException("answered no HTTP/2: a push that was not allowed");
      default -> {} // RFC 9113 section 5.5: unknown frames are ignored
    }
  }

  private void onData(Frame frame) throws IOException {
    if (head.isEmpty()) {
      throw new IOException("answered no HTTP/2: a body before its head");
    }
    received += frame.length();
    body.writeBytes(frame.content());
    ended = frame.has(Http2Frames.END_STREAM);
  }

  private void onHeaders(Frame frame) throws IOException {
    boolean begins = frame.type() == Http2Frames.HEADERS;
    if (begins) {
      ended = frame.has(Http2Frames.END_STREAM);
    }
    block.writeBytes(begins ? frame.content() : frame.octets(0, frame.length()));
    if (block.size() > MAX_HEAD) {
      throw new IOException("answered a head over " + MAX_HEAD + " bytes");
    }
    blockOpen = !frame.has(Http2Frames.END_HEADERS);
    if (blockOpen) {
      return;
    }
    Map<String, String> fields = HeaderBlock.decode(block.toByteArray());
    block.reset();
    if (!head.isEmpty()) {
      trailers = fields;
      return;
    }
    String status = fields.getOrDefault(":status", "");
    if (!status.matches("[1-9][0-9][0-9]")) {
      throw new IOException("answered no HTTP/2: no status");
    }
    if (!status.startsWith("1")) {
      head = fields;
    }
  }

  private void onReset(Frame frame) throws IOException {
    if (head.isEmpty() || number(frame) != 0) {
      throw new IOException("reset the request with error " + number(frame));
    }
    ended = true;
  }

  private void onSettings(Frame frame) throws IOException {
    if (frame.has(Http2Frames.ACK)) {
      return;
    }
    ByteBuffer settings = frame.payload();
    while (settings.remaining() >= 6) {
      int name = settings.getShort();
      long value = settings.getInt() & 0xffff_ffffL;
      if (name == INITIAL_WINDOW_SIZE) {
        streamWindow += value - initialWindow;
        initialWindow = value;
      }
    }
    frames.write(Http2Frames.SETTINGS, Http2Frames.ACK, 0, new byte[0]);
  }

  /// The first 31 bits: last stream, error code or increment.
  private static int number(Frame frame) throws IOException {
    if (frame.length() < 4) {
      throw new IOException("answered no HTTP/2: a frame is too short");
    }
    return frame.payload().getInt(0) & 0x7fff_ffff;
  }

  @Override
  public void close() {
    try {
      frames.write(Http2Frames.GOAWAY, 0, 0, new byte[8]);
    } catch (IOException ignored) {
      // The other side has closed before.
    }
    socket.close();
  }
}
