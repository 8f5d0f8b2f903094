package io.fleetserve.loadbalancer.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads server-sent events (WHATWG HTML, section 9.2). Confined to one thread.
final class EventReader {
  private static final int MAX_LINE = 64 << 20;

  private final InputStream in;

  /// @param name `message` if the event has none
  record Event(String name, String data) {}

  EventReader(InputStream in) {
    this.in = in;
  }

  /// The next event that has data or a name; null at the end of the stream.
  @Nullable Event next() throws IOException {
    String name = "message";
    StringBuilder data = new StringBuilder();
    boolean any = false;
    for (String line = line(); line != null; line = line()) {
      if (line.isEmpty()) {
        if (any) {
          return new Event(name, data.toString());
        }
      } else if (line.startsWith("event:")) {
        name = value(line, "event:");
        any = true;
      } else if (line.startsWith("data:")) {
        data.append(data.isEmpty() ? "" : "\n").append(value(line, "data:"));
        any = true;
      }
    }
    return null;
  }

  private static String value(String line, String field) {
    int start = field.length();
    return line.substring(line.startsWith(" ", start) ? start + 1 : start);
  }

  private @Nullable String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      if (line.size() > MAX_LINE) {
        throw new IOException("event is too large");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
