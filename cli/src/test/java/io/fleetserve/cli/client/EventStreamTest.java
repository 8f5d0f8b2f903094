package io.fleetserve.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// WHATWG HTML 9.2.6, as far as it is used.
final class EventStreamTest {
  @Test
  void namesDataCommentsAndLineEnds() throws IOException {
    assertThat(
            read(
                """
                : comment\r
                \r
                event: service\r
                data: {"a":1}\r
                \r
                id: 7
                retry: 5
                data:one
                data:  two
                data

                event: gone



                """))
        .containsExactly(
            new EventStream.Event("service", "{\"a\":1}"),
            new EventStream.Event("message", "one\n two\n"),
            new EventStream.Event("gone", ""));
  }

  @Test
  void eventCutOffByTheEndIsDropped() throws IOException {
    assertThat(read("data: whole\n\nevent: service\ndata: {\"na"))
        .containsExactly(new EventStream.Event("message", "whole"));
  }

  private static List<EventStream.Event> read(String text) throws IOException {
    List<EventStream.Event> events = new ArrayList<>();
    try (EventStream stream =
        new EventStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
      for (EventStream.Event event = stream.next(); event != null; event = stream.next()) {
        events.add(event);
      }
    }
    return events;
  }
}
