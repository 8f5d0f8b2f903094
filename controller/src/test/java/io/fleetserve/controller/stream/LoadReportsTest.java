package io.fleetserve.controller.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.LoadReport.Phase;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Reports;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Nothing is in flight at a replica only if that holds over all processes of a load balancer.
final class LoadReportsTest {
  private static final ReplicaKey KEY = new ReplicaKey(Replicas.SERVICE, 1, 1);
  private static final Instant OLD_START = VirtualClock.EPOCH.minusSeconds(100);

  private final VirtualClock clock = new VirtualClock();
  private final LoadReports reports = new LoadReports(OLD_START);
  private final Reports old = new Reports("lb-1", OLD_START);
  private final Reports young = new Reports("lb-1", VirtualClock.EPOCH);

  private boolean drained() {
    return reports.drained(KEY, 0, clock.instant());
  }

  private boolean accept(Reports from) {
    return reports.accept(from.send(), clock.instant());
  }

  @Test
  void countsBothProcessesWhileOneTakesOverFromTheOther() {
    accept(old.replica(1, 1));

    accept(young.beside(OLD_START).replica(1, 0));
    assertThat(drained()).isFalse();
    accept(old.phase(Phase.LEAVING));
    accept(young.beside(null));
    assertThat(drained()).isFalse();
    accept(old.replica(1, 0));
    assertThat(drained()).isTrue();
  }

  @Test
  void forgetsAProcessThatEndedOrCrashed() {
    accept(old.replica(1, 1));
    assertThat(drained()).isFalse();

    accept(young.replica(1, 0));

    assertThat(drained()).as("the old one crashed").isTrue();
    assertThat(accept(old)).as("a report that was on its way").isFalse();
    accept(young.phase(Phase.LEAVING).replica(1, 1));
    assertThat(drained()).isFalse();
    accept(young.phase(Phase.ENDED));
    assertThat(drained()).isTrue();
  }

  @Test
  void takesAProcessThatStartedBeforeAClockWasSetBack() {
    accept(young.replica(1, 0));
    clock.advance(Duration.ofSeconds(11));

    assertThat(accept(old.replica(1, 1))).isTrue();

    assertThat(drained()).isFalse();
  }

  @Test
  void tellsTheNewestProcessOfALoadBalancer() {
    accept(old);
    accept(old.phase(Phase.LEAVING));
    accept(young.beside(OLD_START));

    assertThat(reports.of("lb-1").orElseThrow().report().startedAtMillis())
        .isEqualTo(VirtualClock.EPOCH.toEpochMilli());
    assertThat(reports.of("lb-2")).isEmpty();
  }
}
