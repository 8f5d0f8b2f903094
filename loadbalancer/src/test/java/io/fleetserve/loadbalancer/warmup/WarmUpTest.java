package io.fleetserve.loadbalancer.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.TransportKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class WarmUpTest {
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void requestsPassThroughTheWholeDataPlane(TransportKind kind) throws InterruptedException {
    assertThat(WarmUp.run(kind, 300, Duration.ofSeconds(60))).isGreaterThanOrEqualTo(300);
  }

  @Test
  void endsAtTheLimit() throws InterruptedException {
    assertThat(WarmUp.run(TransportKind.AUTO, Integer.MAX_VALUE, Duration.ZERO))
        .isLessThan(Integer.MAX_VALUE);
  }
}
