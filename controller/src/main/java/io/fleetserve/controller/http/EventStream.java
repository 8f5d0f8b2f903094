package io.fleetserve.controller.http;

import io.fleetserve.api.wire.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A `text/event-stream` answer (WHATWG HTML, section 9.2). Confined to the request's thread.
///
/// Every event is sent at once. A write to a client that left fails with an [IOException] or its
/// unchecked form, at the latest on the second heartbeat.
final class EventStream implements AutoCloseable {
  static final Duration HEARTBEAT = Duration.ofSeconds(5);

  private final OutputStream out;

  EventStream(Exchange exchange) {
    this.out = exchange.stream("text/event-stream");
  }

  void send(String event, Object data) throws IOException {
    write("event: " + event + "\ndata: " + Json.MAPPER.writeValueAsString(data) + "\n\n");
  }

  /// With an id, from which a client may resume by `Last-Event-ID`.
  void send(String event, long id, Object data) throws IOException {
    write(
        "id: "
            + id
            + "\nevent: "
            + event
            + "\ndata: "
            + Json.MAPPER.writeValueAsString(data)
            + "\n\n");
  }

  void heartbeat() throws IOException {
    write("event: heartbeat\ndata: {}\n\n");
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
