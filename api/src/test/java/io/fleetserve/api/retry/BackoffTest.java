package io.fleetserve.api.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  @Test
  void ceilingDoublesUpToTheCap() {
    assertThat(backoff.ceiling(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.ceiling(2)).isEqualTo(Duration.ofSeconds(2));
    assertThat(backoff.ceiling(9)).isEqualTo(Duration.ofSeconds(256));
    assertThat(backoff.ceiling(10)).isEqualTo(Duration.ofMinutes(5));
    assertThat(backoff.ceiling(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void delayIsTheRandomShareOfTheCeiling() {
    assertThat(backoff.delay(3, 0)).isZero();
    assertThat(backoff.delay(3, 0.5)).isEqualTo(Duration.ofSeconds(2));
    assertThat(backoff.delay(3, 1)).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void hugeCapDoesNotOverflow() {
    Backoff years = new Backoff(Duration.ofDays(1), Duration.ofDays(36500));

    assertThat(years.ceiling(1000)).isEqualTo(Duration.ofDays(36500));
    assertThat(years.delay(1000, 1)).isEqualTo(Duration.ofDays(36500));
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatThrownBy(() -> backoff.ceiling(0)).hasMessage("attempt: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
        .hasMessage("initial: PT0S (expected: > 0)");
  }
}
