package io.fleetserve.loadbalancer.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.endpoint.Health.Phase;
import org.junit.jupiter.api.Test;

final class HealthTest {
  private static final long NOW = 1_000;

  @Test
  void ejectsAfterFailuresInARowOnly() {
    Health health = Health.HEALTHY;
    for (int i = 0; i < 4; i++) {
      health = health.onFailure(false, 5, true, NOW);
    }
    assertThat(health.phase()).isEqualTo(Phase.HEALTHY);
    assertThat(health.onSuccess().onFailure(false, 5, true, NOW).isEligible()).isTrue();
    assertThat(health.onFailure(false, 5, true, NOW).phase()).isEqualTo(Phase.EJECTED);
    assertThat(health.onFailure(false, 5, false, NOW).phase()).isEqualTo(Phase.HEALTHY);
  }

  @Test
  void refusedConnectionEjectsAtOnce() {
    assertThat(Health.HEALTHY.onFailure(true, 5, true, NOW).isEjected()).isTrue();
  }

  @Test
  void comesBackByOneRequestAndLongerEachTimeItFails() {
    long time = NOW;
    long before = 0;
    Health health = Health.HEALTHY.onFailure(true, 5, true, time);
    for (int round = 0; round < 8; round++) {
      long length = health.until() - time;
      assertThat(length)
          .isEqualTo(Math.min(Health.MAX.toNanos(), Math.max(Health.BASE.toNanos(), before * 2)));
      before = length;
      assertThat(health.onTime(health.until() - 1).phase()).isEqualTo(Phase.EJECTED);
      time = health.until();
      Health probing = health.onTime(time).onSent();
      assertThat(probing.phase()).isEqualTo(Phase.PROBING);
      assertThat(probing.isEligible()).isFalse();
      assertThat(probing.onUnknown().phase()).isEqualTo(Phase.HALF_OPEN);
      assertThat(probing.onSuccess().phase()).isEqualTo(Phase.HEALTHY);
      health = probing.onFailure(false, 5, false, time);
    }
  }
}
