package io.fleetserve.loadbalancer.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PolicyTest {
  private static int[] turns(Policy policy, int replicas, int count) {
    int[] chosen = new int[replicas];
    for (int turn = 0; turn < count; turn++) {
      chosen[policy.choose(turn, Policy.NO_KEY, 0)]++;
    }
    return chosen;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "round_robin",
        "least_load",
        "instance_aware_least_load",
        "power_of_two",
        "peak_ewma"
      })
  void nothingIneligibleIsChosen(String name) {
    FakeLoads loads = new FakeLoads(7);
    Policy policy = Policy.of(name, loads);
    for (int replica : new int[] {0, 1, 2, 4, 6}) {
      loads.eligible(policy, replica, false);
    }

    for (int turn = 0; turn < 100; turn++) {
      assertThat(loads.place(policy, turn, Policy.NO_KEY)).isIn(3, 5);
    }
    loads.eligible(policy, 3, false);
    assertThat(policy.choose(7, Policy.NO_KEY, 0)).isEqualTo(5);
    loads.eligible(policy, 5, false);
    assertThat(policy.choose(7, Policy.NO_KEY, 0)).isEqualTo(-1);
  }

  @Test
  void equalReplicasTakeExactTurns() {
    assertThat(turns(Policy.of("round_robin", new FakeLoads(5)), 5, 500)).containsOnly(100);
    assertThat(turns(Policy.of("least_load", new FakeLoads(5)), 5, 500)).containsOnly(100);
  }

  @Test
  void turnsFollowTheWeightsAndAreSpreadEvenly() {
    Policy policy = Policy.of("round_robin", new FakeLoads(3).weights(0.5, 1, 3.5));

    int[] chosen = turns(policy, 3, 5000);

    assertThat(chosen[0]).isCloseTo(500, within(5));
    assertThat(chosen[1]).isCloseTo(1000, within(5));
    assertThat(chosen[2]).isCloseTo(3500, within(5));
    int gap = 0;
    for (int turn = 0; turn < 5000; turn++) {
      gap = policy.choose(turn, Policy.NO_KEY, 0) == 0 ? 0 : gap + 1;
      assertThat(gap).as("turns in a row without replica 0").isLessThanOrEqualTo(20);
    }
  }

  @Test
  void weightsChangeWhileTurnsAreTaken() {
    FakeLoads loads = new FakeLoads(4);
    Policy policy = Policy.of("round_robin", loads);
    loads.warmth[3] = 0.1;
    policy.weighed(3);
    assertThat(turns(policy, 4, 3100)[3]).isCloseTo(100, within(5));

    loads.warmth[3] = 1;
    policy.weighed(3);

    assertThat(turns(policy, 4, 400)).containsOnly(100);
  }

  @Test
  void leastLoadDividesByTheWeight() {
    FakeLoads loads = new FakeLoads(2).weights(1, 0.25);
    Policy policy = Policy.of("least_load", loads);

    for (int turn = 0; turn < 50; turn++) {
      loads.place(policy, turn, Policy.NO_KEY);
    }

    assertThat(loads.inFlight).containsExactly(40, 10);
  }

  @Test
  void coldReplicaGetsItsTurnWhenIdleAndLittleInParallel() {
    FakeLoads loads = new FakeLoads(3);
    loads.warmth[2] = 0.1;
    Policy policy = Policy.of("least_load", loads);
    assertThat(turns(policy, 3, 30)).containsOnly(10);

    for (int turn = 0; turn < 63; turn++) {
      loads.place(policy, turn, Policy.NO_KEY);
    }

    assertThat(loads.inFlight[2]).isEqualTo(3);
    assertThat(loads.inFlight[0]).isEqualTo(30);
  }

  /// D.B-24: a replica that joins in a burst and is slow at first. 500 requests a second, of 100
  /// ms; 300 ms where the replica is new.
  @ParameterizedTest
  @ValueSource(strings = {"least_load", "power_of_two", "peak_ewma"})
  void newReplicaOfABurstHasNoLongerQueueThanTheOthers(String name) {
    FakeLoads loads = new FakeLoads(4);
    Policy policy = Policy.of(name, loads);
    PriorityQueue<long[]> running = new PriorityQueue<>(Comparator.comparingLong(one -> one[0]));
    loads.eligible(policy, 3, false);
    long[] queued = new long[4];
    int served = 0;
    for (int turn = 0; turn < 20_000; turn++) {
      loads.now = turn * 2_000_000L;
      while (!running.isEmpty() && running.peek()[0] <= loads.now) {
        long[] one = running.remove();
        int replica = (int) one[1];
        loads.firstBytes[replica] =
            PeakEwma.observe(loads.firstBytes[replica], one[0] - one[2], loads.now);
        loads.end(policy, replica);
        served += replica == 3 ? 1 : 0;
      }
      long since = loads.now - 2_000_000_000L;
      if (since == 0) {
        loads.eligible(policy, 3, true);
      }
      loads.warmth[3] = SlowStart.warmth(Math.max(0, since), 30_000_000_000L);
      policy.weighed(3);
      int chosen = loads.place(policy, turn, Policy.NO_KEY);
      long millis = chosen == 3 ? 300 : 100;
      running.add(new long[] {loads.now + millis * 1_000_000, chosen, loads.now});

      int others = Math.max(loads.inFlight[0], Math.max(loads.inFlight[1], loads.inFlight[2]));
      if (chosen == 3) {
        assertThat(loads.inFlight[3] - 1).as("turn %d", turn).isLessThanOrEqualTo(others);
      }
      Arrays.setAll(queued, replica -> queued[replica] + loads.inFlight[replica]);
    }
    assertThat(queued[3]).isLessThan(Math.min(queued[0], Math.min(queued[1], queued[2])));
    assertThat(served).isPositive();
  }

  /// Balls into bins: the fullest of n bins has about log n / log log n balls above the mean with
  /// one choice, about log log n with two.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void twoChoicesKeepTheFullestReplicaNearTheMean(long seed) {
    FakeLoads loads = new FakeLoads(500);
    Policy policy = Policy.of("power_of_two", loads);

    for (int i = 0; i < 5000; i++) {
      loads.place(policy, seed * 1_000_000 + i, Policy.NO_KEY);
    }

    assertThat(Arrays.stream(loads.inFlight).max().orElseThrow()).isLessThanOrEqualTo(14);
  }

  @Test
  void twoChoicesDrawEveryReplicaEquallyOften() {
    int[] chosen = turns(Policy.of("power_of_two", new FakeLoads(10)), 10, 20_000);

    assertThat(Arrays.stream(chosen).boxed())
        .allSatisfy(count -> assertThat(count).isCloseTo(2000, within(200)));
  }

  @Test
  void peakEwmaLeavesTheSlowReplicaAlone() {
    FakeLoads loads = new FakeLoads(4);
    Policy policy = Policy.of("peak_ewma", loads);
    Deque<Integer> running = new ArrayDeque<>();
    int[] chosen = new int[4];
    for (int turn = 0; turn < 4000; turn++) {
      loads.now += 1_000_000;
      int replica = loads.place(policy, turn, Policy.NO_KEY);
      chosen[replica]++;
      running.add(replica);
      if (running.size() > 8) {
        int ended = running.remove();
        long millis = ended == 2 ? 400 : 40;
        loads.firstBytes[ended] =
            PeakEwma.observe(loads.firstBytes[ended], millis * 1_000_000, loads.now);
        loads.end(policy, ended);
      }
    }

    assertThat(chosen[2]).isLessThan(chosen[0] / 4).isPositive();
  }

  /// A replica of which nothing is known gets one request, and the next when that was answered.
  @Test
  void peakEwmaTriesAnUnknownReplicaOut() {
    FakeLoads loads = new FakeLoads(2);
    loads.firstBytes[0] = PeakEwma.observe(PeakEwma.NONE, 50_000_000, 0);
    Policy policy = Policy.of("peak_ewma", loads);

    assertThat(loads.place(policy, 0, Policy.NO_KEY)).isEqualTo(1);
    for (int turn = 1; turn < 20; turn++) {
      assertThat(loads.place(policy, turn, Policy.NO_KEY)).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"H100:8,4", "h100,4", "A10:2,2", "A10:1,1", "H100X:1,1", "L4:1,1"})
  void weightOfAnAccelerator(String accelerator, double weight) {
    var table = java.util.Map.of("H100", 4.0, "A10:2", 2.0);

    assertThat(Weights.entry(accelerator, table)).isEqualTo(weight);
    assertThat(Weights.of(java.util.List.of(accelerator), table)).containsExactly(weight / 4);
    assertThat(Weights.entry(null, table)).isEqualTo(1);
  }

  @Test
  void warmthGrowsEvenly() {
    assertThat(SlowStart.warmth(0, 30)).isEqualTo(0.1);
    assertThat(SlowStart.warmth(3, 30)).isEqualTo(0.1);
    assertThat(SlowStart.warmth(15, 30)).isEqualTo(0.5);
    assertThat(SlowStart.warmth(30, 30)).isEqualTo(1);
    assertThat(SlowStart.warmth(0, 0)).isEqualTo(1);
    assertThat(SlowStart.warmth(Long.MAX_VALUE / 200, Long.MAX_VALUE / 100)).isEqualTo(0.5);
  }

  @Test
  void weightTreeIsExactAgainWhenRacingWritersAreDone() throws InterruptedException {
    WeightTree tree = new WeightTree(37);
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      int part = t;
      threads[t] =
          Thread.ofPlatform()
              .start(() -> {
                Random random = new Random(part);
                for (int i = 0; i < 20_000; i++) {
                  tree.set(random.nextInt(9) * 4 + part, random.nextInt(5));
                }
                for (int leaf = part; leaf < 37; leaf += 4) {
                  tree.set(leaf, leaf);
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(tree.total()).isEqualTo(36 * 37 / 2);
    assertThat(tree.at(0)).isEqualTo(1);
    assertThat(tree.at(0.9999)).isEqualTo(36);
  }
}
