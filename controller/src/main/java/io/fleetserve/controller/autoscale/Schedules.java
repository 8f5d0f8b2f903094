package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.List;

/// The least number of replicas that schedules ask for.
final class Schedules {
  private Schedules() {}

  /// The largest number of the schedules that apply now or will within `ahead`, so that what takes
  /// so long to start is ready in time; 0 when none applies.
  static int least(List<Schedule> schedules, Instant now, Duration ahead) {
    return schedules.stream()
        .filter(one -> applies(one, now) || applies(one, now.plus(ahead)))
        .mapToInt(Schedule::minReplicas)
        .max()
        .orElse(0);
  }

  private static boolean applies(Schedule schedule, Instant at) {
    ZonedDateTime local = at.atZone(schedule.zone());
    LocalTime time = local.toLocalTime();
    boolean today = schedule.days().contains(local.getDayOfWeek());
    if (schedule.from().isBefore(schedule.to())) {
      return today && !time.isBefore(schedule.from()) && time.isBefore(schedule.to());
    }
    boolean yesterday = schedule.days().contains(local.getDayOfWeek().minus(1));
    return (today && !time.isBefore(schedule.from()))
        || (yesterday && time.isBefore(schedule.to()));
  }
}
