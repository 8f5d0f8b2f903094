package io.fleetserve.api.spec;

import io.fleetserve.api.spec.Autoscaling.Schedule;
import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads `service.autoscaling.schedules`. Types and forms were checked by the schema.
final class ScheduleReader {
  private ScheduleReader() {}

  static List<Schedule> read(Section autoscaling) {
    List<Schedule> schedules = new ArrayList<>();
    List<YamlNode> items = autoscaling.items("schedules");
    for (int i = 0; i < items.size(); i++) {
      autoscaling
          .item("schedules", i, items.get(i))
          .flatMap(ScheduleReader::schedule)
          .ifPresent(schedules::add);
    }
    return schedules;
  }

  private static Optional<Schedule> schedule(Section section) {
    Optional<LocalTime> from = section.text("from").map(LocalTime::parse);
    Optional<LocalTime> to = section.text("to").map(LocalTime::parse);
    Optional<Integer> least = section.integer("min_replicas");
    ZoneId zone = zone(section);
    return from.isEmpty() || to.isEmpty() || least.isEmpty()
        ? Optional.empty()
        : Optional.of(new Schedule(days(section), from.get(), to.get(), zone, least.get()));
  }

  private static Set<DayOfWeek> days(Section section) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (YamlNode item : section.items("days")) {
      if (item instanceof Scalar scalar && scalar.value() instanceof String text) {
        String start = text.toUpperCase(Locale.ROOT);
        for (DayOfWeek day : DayOfWeek.values()) {
          if (day.name().startsWith(start)) {
            days.add(day);
          }
        }
      }
    }
    return days.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : days;
  }

  private static ZoneId zone(Section section) {
    try {
      return section.text("time_zone").map(ZoneId::of).orElse(ZoneOffset.UTC);
    } catch (DateTimeException ignored) {
      section.wrong("time_zone", " is no time zone (expected: as Europe/Berlin)");
      return ZoneOffset.UTC;
    }
  }
}
