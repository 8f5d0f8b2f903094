package io.fleetserve.controller.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Lifetime;
import io.fleetserve.provider.Ownership;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HandoverTest {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant END = START.plus(Duration.ofHours(8));

  @Test
  void successorIsAskedForEarlyEnoughForTheLearnedStart() {
    Duration start = Duration.ofMinutes(10);
    Instant due = END.minus(Duration.ofMinutes(15)).minus(Handover.MARGIN);

    assertThat(Handover.announced(job(END, null), start, due.minusMillis(1)).preemptionAt())
        .isNull();
    assertThat(Handover.announced(job(END, null), start, due).preemptionAt()).isEqualTo(END);
  }

  @Test
  void withoutAnyStartSeenTheMarginIsLeft() {
    Instant due = END.minus(Handover.MARGIN);

    assertThat(Handover.announced(job(END, null), Duration.ZERO, due.minusMillis(1)).preemptionAt())
        .isNull();
    assertThat(Handover.announced(job(END, null), Duration.ZERO, due).preemptionAt())
        .isEqualTo(END);
  }

  @Test
  void aStartLongerThanTheWholeLifeDoesNotReplaceASuccessorAtOnce() {
    Duration start = Duration.ofHours(9);

    assertThat(
            Handover.announced(job(END, null), start, START.plus(Duration.ofHours(3)))
                .preemptionAt())
        .isNull();
    assertThat(
            Handover.announced(job(END, null), start, START.plus(Duration.ofHours(4)))
                .preemptionAt())
        .isEqualTo(END);
  }

  @Test
  void providersOwnLeadHoldsWhenItIsLonger() {
    Instant due = END.minus(Duration.ofMinutes(20));
    Instance job = living(new Lifetime(START, END, Duration.ofMinutes(20)), null);

    assertThat(Handover.announced(job, Duration.ofMinutes(1), due.minusMillis(1)).preemptionAt())
        .isNull();
    assertThat(Handover.announced(job, Duration.ofMinutes(1), due).endsByItself()).isTrue();
  }

  @Test
  void timeInTheQueueIsNoPartOfALife() {
    Instant started = END.minus(Duration.ofMinutes(10));
    Instance job = living(new Lifetime(started, END, Duration.ofHours(1)), null);
    Instant half = END.minus(Duration.ofMinutes(5));

    assertThat(Handover.announced(job, Duration.ZERO, half.minusMillis(1)).preemptionAt()).isNull();
    assertThat(Handover.announced(job, Duration.ZERO, half).preemptionAt()).isEqualTo(END);
  }

  @Test
  void whatEndsNeverOrIsAnnouncedStaysAsItIs() {
    Instance endless = job(null, null);
    Instance noticed = job(END, START);

    assertThat(Handover.announced(endless, Duration.ZERO, END)).isEqualTo(endless);
    assertThat(Handover.announced(noticed, Duration.ZERO, END)).isEqualTo(noticed);
  }

  private static Instance job(@Nullable Instant end, @Nullable Instant notice) {
    return living(end == null ? null : new Lifetime(START, end, Duration.ZERO), notice);
  }

  private static Instance living(@Nullable Lifetime lifetime, @Nullable Instant notice) {
    return new Instance(
        new InstanceRef("slurm", "1"),
        new Ownership("i", "svc", 1, 1),
        "a1",
        Instance.State.RUNNING,
        START,
        notice,
        lifetime,
        null,
        "RUNNING");
  }
}
