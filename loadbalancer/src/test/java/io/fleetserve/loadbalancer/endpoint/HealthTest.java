package io.fleetserve.loadbalancer.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.loadbalancer.endpoint.Health.Cause;
import io.fleetserve.loadbalancer.endpoint.Health.Phase;
import org.junit.jupiter.api.Test;

final class HealthTest {
  private static final long NOW = 1_000;
  private static final OutlierRule RULE = OutlierRule.DEFAULT;

  private static Health failed(Health health, boolean mayEject) {
    return health.onFailure(Fault.NO_ANSWER, RULE, mayEject, 0, NOW);
  }

  @Test
  void ejectsAfterFailuresInARowOnly() {
    Health health = Health.HEALTHY;
    for (int i = 0; i < 4; i++) {
      health = failed(health, true);
    }
    assertThat(health.phase()).isEqualTo(Phase.HEALTHY);
    assertThat(failed(health.onSuccess(false), true).isEligible()).isTrue();
    assertThat(failed(health, true).phase()).isEqualTo(Phase.EJECTED);
    assertThat(failed(health, true).cause()).isEqualTo(Cause.FAILURES_IN_A_ROW);
    assertThat(failed(health, false).phase()).isEqualTo(Phase.HEALTHY);
  }

  @Test
  void refusedConnectionEjectsAtOnce() {
    Health health = Health.HEALTHY.onFailure(Fault.REFUSED, RULE, true, 0, NOW);

    assertThat(health.isEjected()).isTrue();
    assertThat(health.cause()).isEqualTo(Cause.REFUSED);
  }

  @Test
  void whoIsKeptOnlyBecauseTooManyAreOutDoesNotCountAsAvailable() {
    Health health = Health.HEALTHY.onFailure(Fault.REFUSED, RULE, false, 0, NOW);

    assertThat(health.isEligible()).isTrue();
    assertThat(health.isAvailable(RULE)).isFalse();
    assertThat(health.onSuccess(false).isAvailable(RULE)).isTrue();
  }

  @Test
  void comesBackByOneRequestAndLongerEachTimeItFails() {
    long time = NOW;
    long before = 0;
    Health health = Health.HEALTHY.onFailure(Fault.REFUSED, RULE, true, 0, time);
    for (int round = 0; round < 8; round++) {
      long length = health.until() - time;
      assertThat(length).isEqualTo(Math.min(60_000_000_000L, Math.max(2_000_000_000L, before * 2)));
      before = length;
      assertThat(health.onTime(health.until() - 1).phase()).isEqualTo(Phase.EJECTED);
      time = health.until();
      Health probing = health.onTime(time).onSent();
      assertThat(probing.phase()).isEqualTo(Phase.PROBING);
      assertThat(probing.isEligible()).isFalse();
      assertThat(probing.onUnknown().phase()).isEqualTo(Phase.HALF_OPEN);
      assertThat(probing.onSuccess(false).phase()).isEqualTo(Phase.HEALTHY);
      health = probing.onFailure(Fault.NO_ANSWER, RULE, false, 0, time);
      assertThat(health.cause()).isEqualTo(Cause.PROBE_FAILED);
    }
  }

  @Test
  void ejectionsEndAtDifferentTimes() {
    Health early = Health.HEALTHY.onFailure(Fault.REFUSED, RULE, true, 0, NOW);
    Health late = Health.HEALTHY.onFailure(Fault.REFUSED, RULE, true, 1, NOW);

    assertThat(early.until() - NOW).isEqualTo(2_000_000_000L);
    assertThat(late.until() - NOW).isEqualTo(2_400_000_000L);
  }

  @Test
  void goodHealthForgetsOneEjectionAfterTheOther() {
    Health health = Health.HEALTHY.onFailure(Fault.REFUSED, RULE, true, 0, NOW);
    assertThat(health.onForgive()).isEqualTo(health);
    health = health.onTime(health.until()).onSent().onFailure(Fault.REFUSED, RULE, true, 0, NOW);
    health = health.onTime(health.until()).onSent().onSuccess(false);

    assertThat(health.ejections()).isEqualTo(2);
    assertThat(health.onSuccess(false).ejections()).isEqualTo(2);
    assertThat(health.onForgive().onForgive().onForgive().ejections()).isZero();
  }

  @Test
  void answerBringsAnEjectedReplicaBackInPanicOnly() {
    Health ejected = Health.HEALTHY.onFailure(Fault.REFUSED, RULE, true, 0, NOW);

    assertThat(ejected.onSuccess(false).isEjected()).isTrue();
    assertThat(ejected.onSuccess(true).isEjected()).isFalse();
  }

  @Test
  void ejectionTimeNeverOverflows() {
    Health health = new Health(Phase.HALF_OPEN, 9, 1_000_000, 0, Cause.NONE);

    assertThat(health.onFailure(Fault.NO_ANSWER, RULE, true, 0, NOW).until() - NOW)
        .isEqualTo(60_000_000_000L);
  }
}
