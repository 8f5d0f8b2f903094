package io.fleetserve.cli.view;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Times as people read them.
public final class Times {
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  private Times() {}

  /// Two units at most: `12s`, `3m 4s`, `5h 6m`, `7d 8h`. Negative counts as zero.
  public static String coarse(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m " + seconds % 60 + "s";
    }
    if (seconds < 86_400) {
      return seconds / 3600 + "h " + seconds / 60 % 60 + "m";
    }
    return seconds / 86_400 + "d " + seconds / 3600 % 24 + "h";
  }

  /// Seconds with one decimal: `1.9 s`; from a minute on as [#coarse].
  public static String fine(Duration duration) {
    return duration.toSeconds() >= 60
        ? coarse(duration)
        : String.format(Locale.ROOT, "%.1f s", Math.max(0, duration.toMillis()) / 1000.0);
  }

  /// `2 min ago` style without the unit zoo: `just now`, `12s ago`, `5h 6m ago`.
  static String ago(Duration duration) {
    return duration.toSeconds() < 1 ? "just now" : coarse(duration) + " ago";
  }

  /// Date and time to the second.
  public static String local(Instant time, ZoneId zone) {
    return LOCAL.format(time.atZone(zone));
  }
}
