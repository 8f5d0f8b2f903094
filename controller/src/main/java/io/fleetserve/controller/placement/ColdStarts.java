package io.fleetserve.controller.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// How long replicas of a service took from the create call to ready, by place. Survives a restart
/// as JSON. Immutable.
///
/// An estimate is the third quartile of the newest times: one slow start moves it little, and most
/// starts are not slower. A change of the server shows after a few starts.
///
/// @param places the ones used last, newest last, at most [#PLACES]
public record ColdStarts(List<Place> places) {
  /// Nothing was seen yet.
  public static final ColdStarts NONE = new ColdStarts(List.of());

  static final int PLACES = 64;
  static final int TIMES = 15;

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /// The newest start times of one place.
  ///
  /// @param place as in `infra:`
  /// @param millis each >= 0, newest last, at most [#TIMES]
  public record Place(String place, List<Long> millis) {
    public Place {
      millis = List.copyOf(millis);
    }
  }

  public ColdStarts {
    places = List.copyOf(places);
  }

  /// These, and one more start.
  public ColdStarts with(String place, Duration took) {
    List<Long> times = new ArrayList<>(timesOf(place));
    times.add(Math.max(0, took.toMillis()));
    List<Place> next = new ArrayList<>(places);
    next.removeIf(known -> known.place().equals(place));
    next.add(new Place(place, times.subList(Math.max(0, times.size() - TIMES), times.size())));
    return new ColdStarts(next.subList(Math.max(0, next.size() - PLACES), next.size()));
  }

  /// How long a start in a place takes; empty when none was seen there.
  public Optional<Duration> in(String place) {
    return quartile(timesOf(place));
  }

  /// How long a start takes in the places used last; empty when none was seen.
  public Optional<Duration> anywhere() {
    return quartile(places.stream().flatMap(place -> place.millis().stream()).toList());
  }

  private List<Long> timesOf(String place) {
    return places.stream()
        .filter(known -> known.place().equals(place))
        .findFirst()
        .map(Place::millis)
        .orElse(List.of());
  }

  private static Optional<Duration> quartile(List<Long> times) {
    return times.stream().sorted().skip(times.size() * 3L / 4).findFirst().map(Duration::ofMillis);
  }

  public String toJson() {
    return JSON.writeValueAsString(this);
  }

  /// Reads [#toJson]; text that cannot be read is [#NONE].
  public static ColdStarts ofJson(String json) {
    if (json.isBlank()) {
      return NONE;
    }
    try {
      return JSON.readValue(json, ColdStarts.class);
    } catch (JacksonException ignoredUnreadable) {
      return NONE;
    }
  }
}
