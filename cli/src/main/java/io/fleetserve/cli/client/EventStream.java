package io.fleetserve.cli.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reader of server-sent events (WHATWG HTML 9.2): `event`, `data` and comments; `id` and `retry`
/// are not used. Confined to one thread, except for [#close], which ends a waiting [#next].
public final class EventStream implements AutoCloseable {

  /// One event.
  ///
  /// @param name `message` if the sender gave none
  /// @param data lines joined by newlines
  public record Event(String name, String data) {}

  private final InputStream input;
  private final BufferedReader reader;

  public EventStream(InputStream input) {
    this.input = input;
    this.reader = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
  }

  /// The next event; null at the end of the stream. An event cut off by the end is dropped.
  public @Nullable Event next() throws IOException {
    String name = "";
    StringBuilder data = new StringBuilder();
    boolean hasData = false;
    while (true) {
      String line = reader.readLine();
      if (line == null) {
        return null;
      }
      if (line.isEmpty()) {
        if (hasData || !name.isEmpty()) {
          return new Event(name.isEmpty() ? "message" : name, data.toString());
        }
        continue;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      if (value.startsWith(" ")) {
        value = value.substring(1);
      }
      if (field.equals("event")) {
        name = value;
      } else if (field.equals("data")) {
        data.append(hasData ? "\n" : "").append(value);
        hasData = true;
      }
    }
  }

  @Override
  public void close() {
    try {
      input.close();
    } catch (IOException ignored) {
      // Nothing is read from it any more.
    }
  }
}
