package io.fleetserve.provider.transport;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// A small HTTP/1.1 client (RFC 9112) for one place: a connection per call, blocking, with a
/// deadline for the whole exchange. Immutable, thread-safe; meant for virtual threads.
///
/// A deadline holds on every kind of connection, also those without read timeouts: when it is over
/// the connection is closed under the reader.
public final class HttpCaller {
  private static final int BODY_LIMIT = 256 << 20;

  private final Dialer dialer;
  private final String host;
  private final Map<String, String> headers;

  /// @param host for the `Host` header
  /// @param headers of every call; may hold secrets
  public HttpCaller(Dialer dialer, String host, Map<String, String> headers) {
    this.dialer = dialer;
    this.host = host;
    this.headers = Map.copyOf(headers);
  }

  /// Reads an answer while it comes.
  @FunctionalInterface
  public interface Reader<T> {
    /// Reads one.
    ///
    /// @param body ends where the answer ends
    T read(int status, Map<String, String> headers, InputStream body) throws IOException;
  }

  /// The whole answer, of any status.
  ///
  /// @throws NotSentException when nothing was sent
  /// @throws IOException when something may have been sent and no whole answer came
  public HttpAnswer call(HttpCall call) throws IOException {
    return call(call, (status, head, body) -> new HttpAnswer(status, head, all(body)));
  }

  /// The same, with the body read as it comes.
  public <T> T call(HttpCall call, Reader<T> reader) throws IOException {
    Wire wire;
    try {
      wire = dialer.dial();
    } catch (IOException e) {
      throw new NotSentException(String.valueOf(e.getMessage()), e);
    }
    AtomicBoolean late = new AtomicBoolean();
    Thread watch = watch(wire, call.timeout(), late);
    try (wire) {
      return described(wire, call, late, reader);
    } finally {
      watch.interrupt();
    }
  }

  /// While the connection is open: what its program said is lost when it is closed.
  private <T> T described(Wire wire, HttpCall call, AtomicBoolean late, Reader<T> reader)
      throws IOException {
    try {
      return exchange(wire, call, reader);
    } catch (IOException e) {
      throw error(call, wire, late.get(), e);
    }
  }

  private <T> T exchange(Wire wire, HttpCall call, Reader<T> reader) throws IOException {
    OutputStream out = new BufferedOutputStream(wire.output(), 16 << 10);
    IOException broken = null;
    try {
      write(call, out);
    } catch (IOException e) {
      broken = e; // a server that refuses a body answers before it has read it
    }
    InputStream in = new java.io.BufferedInputStream(wire.input(), 16 << 10);
    try {
      HttpHead head = HttpHead.read(in);
      return reader.read(head.status(), head.headers(), head.body(call.method(), in));
    } catch (IOException e) {
      throw broken == null ? e : broken;
    }
  }

  private void write(HttpCall call, OutputStream out) throws IOException {
    Map<String, String> all = new TreeMap<>(headers);
    all.putAll(call.headers());
    all.put("Host", host);
    all.put("Connection", "close");
    HttpBody body = call.body();
    if (body != null) {
      all.put("Content-Type", body.contentType());
      all.put(
          body.length() < 0 ? "Transfer-Encoding" : "Content-Length",
          body.length() < 0 ? "chunked" : Long.toString(body.length()));
    } else if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
      all.put("Content-Length", "0");
    }
    StringBuilder head = new StringBuilder();
    head.append(call.method()).append(' ').append(call.target()).append(" HTTP/1.1\r\n");
    all.forEach((name, value) -> head.append(name).append(": ").append(line(value)).append("\r\n"));
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    if (body != null && body.length() < 0) {
      try (ChunkedOutput chunks = new ChunkedOutput(out)) {
        body.writeTo(chunks);
      }
    } else if (body != null) {
      body.writeTo(out);
    }
    out.flush();
  }

  private static String line(String value) {
    if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("header: a line break (expected: one line)");
    }
    return value;
  }

  private static Thread watch(Wire wire, Duration timeout, AtomicBoolean late) {
    return Thread.ofVirtual()
        .name("deadline")
        .start(() -> {
          try {
            Thread.sleep(timeout);
          } catch (InterruptedException inTime) {
            return;
          }
          late.set(true);
          wire.close();
        });
  }

  private IOException error(HttpCall call, Wire wire, boolean late, IOException e) {
    if (late) {
      return new IOException(
          call + ": no answer from " + host + " within " + seconds(call.timeout()) + " s", e);
    }
    String complaint = wire.complaint();
    return new IOException(
        call + ": " + (complaint.isEmpty() ? e.getMessage() : complaint.replace('\n', ' ')), e);
  }

  private static String seconds(Duration duration) {
    double seconds = duration.toMillis() / 1000.0;
    return seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds);
  }

  private static byte[] all(InputStream body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[16 << 10];
    for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
      bytes.write(buffer, 0, n);
      if (bytes.size() > BODY_LIMIT) {
        throw new IOException("an answer of more than " + BODY_LIMIT + " bytes");
      }
    }
    return bytes.toByteArray();
  }
}
