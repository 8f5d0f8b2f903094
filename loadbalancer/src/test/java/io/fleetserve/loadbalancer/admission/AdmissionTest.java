package io.fleetserve.loadbalancer.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.admission.Admission.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class AdmissionTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void waitsWhileThereIsRoom() {
    assertThat(new Admission(0, 0, 1, 0, 0).judge(1, SECOND)).isEqualTo(Verdict.WAITS);
    assertThat(new Admission(1, 1, 1, 0, 0).judge(1, SECOND)).isEqualTo(Verdict.FULL);
    assertThat(new Admission(0, 0, 1, 0, 0).judge(0, SECOND)).isEqualTo(Verdict.FULL);
  }

  @Test
  void nobodyIsTurnedAwayForTheTimeOfRequestsThatIsNotKnown() {
    assertThat(new Admission(500, 500, 1, 1, 0).judge(1000, 1)).isEqualTo(Verdict.WAITS);
  }

  @Test
  void whoWouldWaitTooLongIsTurnedAwayAtOnce() {
    // Four places, a request every 250 ms: position 40 is reached after 10 s.
    assertThat(new Admission(39, 39, 1, 4, SECOND).judge(1000, 10 * SECOND))
        .isEqualTo(Verdict.WAITS);
    Admission late = new Admission(40, 40, 1, 4, SECOND);
    assertThat(late.judge(1000, 10 * SECOND)).isEqualTo(Verdict.OVERLOADED);
    assertThat(late.retryAfterSeconds()).isEqualTo(10);
  }

  @Test
  void clientWithLittleWaitingPassesTheQueueOfAGreedyOne() {
    assertThat(new Admission(40, 39, 2, 4, SECOND).judge(1000, 10 * SECOND))
        .isEqualTo(Verdict.GREEDY);
    assertThat(new Admission(40, 1, 2, 4, SECOND).judge(1000, 10 * SECOND))
        .isEqualTo(Verdict.WAITS);
  }

  @Test
  void nobodyFillsTheQueueAlone() {
    int waiting = 0;
    while (new Admission(waiting, waiting, 1, 0, 0).judge(1000, SECOND) == Verdict.WAITS) {
      waiting++;
    }
    assertThat(waiting).isEqualTo(889);
    assertThat(new Admission(waiting, 0, 2, 0, 0).judge(1000, SECOND)).isEqualTo(Verdict.WAITS);
  }

  @Test
  void retryAfterHasBounds() {
    assertThat(new Admission(0, 0, 1, 4, SECOND).retryAfterSeconds()).isEqualTo(1);
    assertThat(new Admission(1_000_000, 0, 1, 1, SECOND).retryAfterSeconds()).isEqualTo(60);
  }
}
