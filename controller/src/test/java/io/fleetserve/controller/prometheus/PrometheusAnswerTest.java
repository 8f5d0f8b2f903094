package io.fleetserve.controller.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.prometheus.PrometheusAnswer.Nothing;
import io.fleetserve.controller.prometheus.PrometheusAnswer.Value;
import io.fleetserve.testing.time.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PrometheusAnswerTest {
  private static final Instant NOW = VirtualClock.EPOCH;

  private static PrometheusAnswer parse(String body) {
    return PrometheusAnswer.parse(
        200,
        body.replace("NOW", String.valueOf(NOW.toEpochMilli() / 1000.0))
            .getBytes(StandardCharsets.UTF_8),
        NOW);
  }

  private static String vector(String... samples) {
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
        + String.join(",", samples)
        + "]}}";
  }

  private static String series(String value) {
    return "{\"metric\":{\"job\":\"x\"},\"value\":[NOW,\"" + value + "\"]}";
  }

  @Test
  void oneSeriesIsItsValue() {
    assertThat(parse(vector(series("12.5")))).isEqualTo(new Value(12.5));
    assertThat(parse(vector(series("-1e3")))).isEqualTo(new Value(-1000));
  }

  @Test
  void scalarIsItsValue() {
    assertThat(
            parse(
                "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[NOW,\"7\"]}}"))
        .isEqualTo(new Value(7));
  }

  @ParameterizedTest
  @CsvSource({"NaN", "+Inf", "-Inf", "x", "''"})
  void whatIsNoFiniteNumberIsNoValue(String value) {
    assertThat(parse(vector(series(value)))).isInstanceOf(Nothing.class);
  }

  @Test
  void severalSeriesAndNoneAreNoValue() {
    assertThat(parse(vector())).isEqualTo(new Nothing("no series"));
    assertThat(parse(vector(series("1"), series("2"))))
        .isEqualTo(new Nothing("2 series (expected: one; aggregate them, as with sum)"));
  }

  @Test
  void answerOfAnotherTimeIsNoValue() {
    String stale = series("1").replace("NOW", String.valueOf(NOW.getEpochSecond() - 61));
    String early = series("1").replace("NOW", String.valueOf(NOW.getEpochSecond() + 61));

    assertThat(parse(vector(stale))).isInstanceOf(Nothing.class);
    assertThat(parse(vector(early))).isInstanceOf(Nothing.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"} | parse error",
        "<html>no</html> | status 200 without JSON: not a Prometheus server",
        "[] | status 200 without a result: not a Prometheus server",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}"
            + " | a matrix (expected: a scalar or one series)",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":7}}"
            + " | a result that cannot be read",
      })
  void everythingElseIsSaidInASentence(String body, String why) {
    assertThat(parse(body)).isEqualTo(new Nothing(why));
  }
}
