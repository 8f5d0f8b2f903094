package io.fleetserve.testing.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

final class VirtualClockTest {
  @Test
  void standsStillUntilItIsAdvancedAndSharesItsTimeWithItsZones() {
    VirtualClock clock = new VirtualClock();
    Clock elsewhere = clock.withZone(ZoneId.of("Asia/Tokyo"));

    clock.advance(Duration.ofSeconds(3));

    assertThat(clock.instant()).isEqualTo(VirtualClock.EPOCH.plusSeconds(3));
    assertThat(elsewhere.instant()).isEqualTo(clock.instant());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
        .withMessageContaining("step");
    clock.jumpTo(VirtualClock.EPOCH);
    assertThat(clock.instant()).isEqualTo(VirtualClock.EPOCH);
  }
}
