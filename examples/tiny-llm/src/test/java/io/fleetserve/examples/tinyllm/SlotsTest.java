package io.fleetserve.examples.tinyllm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class SlotsTest {
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
  private final Slots slots = new Slots(2, 2);

  @Test
  void moreThanTheSlotsWaitInOrderAndMoreThanTheQueueAreRefused() {
    assertThat(slots.submit(waitFor("a"))).isTrue();
    assertThat(slots.submit(waitFor("b"))).isTrue();
    assertThat(slots.submit(() -> ran.add("c"))).isTrue();
    assertThat(slots.submit(() -> ran.add("d"))).isTrue();

    assertThat(slots.submit(() -> ran.add("e"))).isFalse();

    await().untilAsserted(() -> assertThat(slots.busy()).isEqualTo(2));
    assertThat(slots.waiting()).isEqualTo(2);
    gate.countDown();
    await().untilAsserted(() -> assertThat(ran).hasSize(4));
    assertThat(ran.indexOf("c")).isGreaterThanOrEqualTo(1);
    assertThat(ran).doesNotContain("e");
  }

  @Test
  void withdrawnJobNeverRuns() {
    slots.submit(waitFor("a"));
    slots.submit(waitFor("b"));
    Runnable left = () -> ran.add("left");
    slots.submit(left);

    slots.withdraw(left);

    assertThat(slots.waiting()).isZero();
    gate.countDown();
    assertThat(slots.drain(Duration.ofSeconds(10))).isTrue();
    assertThat(ran).doesNotContain("left");
  }

  @Test
  void drainRunsWhatWaitsAndTakesNoMore() {
    slots.submit(waitFor("a"));
    slots.submit(waitFor("b"));
    slots.submit(() -> ran.add("c"));
    gate.countDown();

    boolean drained = slots.drain(Duration.ofSeconds(10));

    assertThat(drained).isTrue();
    assertThat(ran).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(slots.submit(() -> ran.add("late"))).isFalse();
  }

  @Test
  void drainGivesUpAfterTheLimit() {
    slots.submit(waitFor("a"));

    assertThat(slots.drain(Duration.ofMillis(1))).isFalse();
    gate.countDown();
  }

  private Runnable waitFor(String name) {
    return () -> {
      try {
        gate.await();
        ran.add(name);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }
}
