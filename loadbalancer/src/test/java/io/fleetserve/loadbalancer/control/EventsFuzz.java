package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.control.EventReader.Event;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A stream of events of arbitrary bytes: it is read to its end, and the events that were read are
/// read again as the same when they are written down.
public final class EventsFuzz {
  private EventsFuzz() {}

  /// Called by the fuzzer with each input.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    List<Event> events = read(input);
    StringBuilder written = new StringBuilder();
    for (Event event : events) {
      written.append("event: ").append(event.name()).append('\n');
      for (String line : event.data().split("\n", -1)) {
        written.append("data: ").append(line).append('\n');
      }
      written.append('\n');
    }

    assertThat(read(written.toString().getBytes(StandardCharsets.UTF_8))).isEqualTo(events);
  }

  private static List<Event> read(byte[] bytes) throws IOException {
    EventReader reader = new EventReader(new ByteArrayInputStream(bytes));
    List<Event> events = new ArrayList<>();
    for (Event event = reader.next(); event != null; event = reader.next()) {
      events.add(event);
    }
    return events;
  }
}
