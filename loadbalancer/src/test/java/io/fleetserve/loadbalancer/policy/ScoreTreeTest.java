package io.fleetserve.loadbalancer.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScoreTreeTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 1000})
  void equalLeavesTakeTurnsExactly(int leaves) {
    ScoreTree tree = new ScoreTree(leaves);
    for (int i = 0; i < leaves; i++) {
      tree.set(i, 7);
    }
    int[] chosen = new int[leaves];
    for (int turn = 0; turn < leaves * 3; turn++) {
      chosen[tree.least(turn)]++;
    }
    assertThat(chosen).containsOnly(3);
  }

  @Test
  void findsWhatAScanFinds() {
    Random random = new Random(42);
    int leaves = 37;
    ScoreTree tree = new ScoreTree(leaves);
    int[] scores = new int[leaves];
    java.util.Arrays.fill(scores, ScoreTree.EXCLUDED);
    for (int step = 0; step < 20_000; step++) {
      int leaf = random.nextInt(leaves);
      scores[leaf] = random.nextInt(4) == 0 ? ScoreTree.EXCLUDED : random.nextInt(5);
      tree.set(leaf, scores[leaf]);
      int least = java.util.Arrays.stream(scores).min().orElseThrow();
      int found = tree.least(random.nextLong());
      assertThat(found < 0 ? ScoreTree.EXCLUDED : scores[found]).isEqualTo(least);
    }
  }

  @Test
  void nothingEligibleIsMinusOne() {
    assertThat(new ScoreTree(0).least(1)).isEqualTo(-1);
    ScoreTree tree = new ScoreTree(3);
    assertThat(tree.least(1)).isEqualTo(-1);
    tree.set(2, 0);
    assertThat(tree.least(1)).isEqualTo(2);
    tree.set(2, ScoreTree.EXCLUDED);
    assertThat(tree.least(1)).isEqualTo(-1);
  }

  @Test
  void isExactAgainWhenRacingWritersAreDone() throws InterruptedException {
    ScoreTree tree = new ScoreTree(64);
    int[] last = new int[64];
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      int part = t;
      threads[t] =
          Thread.ofPlatform()
              .start(() -> {
                Random random = new Random(part);
                for (int i = 0; i < 50_000; i++) {
                  int leaf = random.nextInt(16) * 4 + part;
                  last[leaf] = random.nextInt(9);
                  tree.set(leaf, last[leaf]);
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (int leaf = 0; leaf < 64; leaf++) {
      if (tree.score(leaf) == ScoreTree.EXCLUDED) {
        last[leaf] = ScoreTree.EXCLUDED;
      }
    }
    int least = java.util.Arrays.stream(last).min().orElseThrow();
    assertThat(last[tree.least(5)]).isEqualTo(least);
  }
}
