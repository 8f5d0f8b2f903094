package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class MembershipTest {
  /// A minute between attempts would outlast a short certificate: its agent would be locked out by
  /// one renewal that failed.
  @Test
  void aRenewalThatFailedIsTriedOftenInWhatIsLeftOfACertificate() {
    assertThat(pause(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(1));
    assertThat(pause(Duration.ofHours(12))).isEqualTo(Duration.ofMinutes(1));
  }

  private static Duration pause(Duration renewAfter) {
    return Duration.ofNanos(Membership.pauseNanos(renewAfter.toNanos()));
  }
}
