package io.fleetserve.controller.prometheus;

import java.time.Duration;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a Prometheus server says to a query.
///
/// Reference: Prometheus documentation, "HTTP API", instant queries and expression query result
/// formats.
public sealed interface PrometheusAnswer {
  /// A number, finite.
  record Value(double value) implements PrometheusAnswer {}

  /// No number that can be believed, and why: one sentence.
  record Nothing(String why) implements PrometheusAnswer {}

  /// A server evaluates at its own time; what is further away comes from a cache.
  Duration MOST_APART = Duration.ofMinutes(1);

  /// Reads the body of an answer, whatever its status: errors come in the same form.
  static PrometheusAnswer parse(int status, byte[] body, Instant now) {
    JsonNode answer;
    try {
      answer = Parsing.JSON.readTree(body);
    } catch (JacksonException ignored) {
      return new Nothing("status " + status + " without JSON: not a Prometheus server");
    }
    String said = answer.path("status").asString("");
    if (said.equals("error")) {
      return new Nothing(Parsing.shortened(answer.path("error").asString("error")));
    }
    if (!said.equals("success")) {
      return new Nothing("status " + status + " without a result: not a Prometheus server");
    }
    JsonNode result = answer.path("data").path("result");
    return switch (answer.path("data").path("resultType").asString("")) {
      case "scalar" -> Parsing.sample(result, now);
      case "vector" ->
          result.size() == 1
              ? Parsing.sample(result.path(0).path("value"), now)
              : new Nothing(
                  result.isEmpty()
                      ? "no series"
                      : result.size() + " series (expected: one; aggregate them, as with sum)");
      case String other -> new Nothing("a " + other + " (expected: a scalar or one series)");
    };
  }

  /// How parts of an answer are read.
  final class Parsing {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int LONGEST = 200;

    private Parsing() {}

    private static PrometheusAnswer sample(JsonNode sample, Instant now) {
      if (sample.size() != 2 || !sample.path(0).isNumber()) {
        return new Nothing("a result that cannot be read");
      }
      Instant at = Instant.ofEpochMilli(Math.round(sample.path(0).doubleValue() * 1000));
      if (Duration.between(at, now).abs().compareTo(MOST_APART) > 0) {
        return new Nothing("an answer of " + at + ", too far from now");
      }
      String text = sample.path(1).asString("");
      try {
        double value = Double.parseDouble(text);
        return Double.isFinite(value) ? new Value(value) : new Nothing(text);
      } catch (NumberFormatException ignored) {
        // Infinities as Prometheus writes them, and what is no number at all.
        return new Nothing(shortened(text.isEmpty() ? "an empty value" : text));
      }
    }

    private static String shortened(String text) {
      return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
  }
}
