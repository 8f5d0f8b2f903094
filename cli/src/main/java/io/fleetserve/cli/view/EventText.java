package io.fleetserve.cli.view;

import io.fleetserve.api.wire.EventView;
import java.time.Instant;
import java.time.ZoneId;

/// One line per event.
public final class EventText {
  private EventText() {}

  /// `2026-01-02 03:04:05 INFO tiny-llm/1 ReplicaReady ready after 0.4 s`.
  public static String of(EventView event, ZoneId zone, Paint paint) {
    String who =
        event.replicaId() == 0 ? event.service() : event.service() + "/" + event.replicaId();
    String severity = "%-7s".formatted(event.severity());
    return "%s  %s  %-16s  %-20s  %s"
        .formatted(
            Times.local(Instant.ofEpochMilli(event.timeMillis()), zone),
            event.severity() == EventView.Severity.INFO ? severity : paint.error(severity),
            who,
            event.type(),
            event.message())
        .stripTrailing();
  }
}
