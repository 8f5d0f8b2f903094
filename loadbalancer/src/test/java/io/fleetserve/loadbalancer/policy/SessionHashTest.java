package io.fleetserve.loadbalancer.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SessionHashTest {
  private static final int SESSIONS = 20_000;

  private static HashRing ring(int... replicas) {
    double[] weights = new double[replicas.length];
    Arrays.fill(weights, 1);
    return new HashRing(IntStream.of(replicas).mapToLong(id -> id).toArray(), weights);
  }

  private static long key(int session) {
    return Hashes.mix(session + 1);
  }

  private static SessionHash sessions(FakeLoads loads) {
    long[] identities = IntStream.range(0, loads.size()).mapToLong(i -> i).toArray();
    return new SessionHash(loads, identities, Policy.of("least_load", loads));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 100})
  void sessionsAreSpreadOverAllReplicas(int replicas) {
    HashRing ring = ring(IntStream.range(0, replicas).toArray());
    int[] counts = new int[replicas];
    for (int session = 0; session < replicas * 1000; session++) {
      counts[ring.owner(key(session))]++;
    }

    assertThat(Arrays.stream(counts).boxed().toList())
        .allSatisfy(count -> assertThat(count).isBetween(600, 1400));
  }

  @Test
  void onlySessionsOfAReplicaThatComesOrGoesMove() {
    HashRing before = ring(1, 2, 3, 4);
    HashRing after = ring(4, 1, 5, 2, 3);
    int[] namesBefore = {1, 2, 3, 4};
    int[] namesAfter = {4, 1, 5, 2, 3};
    int moved = 0;
    for (int session = 0; session < SESSIONS; session++) {
      int was = namesBefore[before.owner(key(session))];
      int is = namesAfter[after.owner(key(session))];
      if (was != is) {
        assertThat(is).isEqualTo(5);
        moved++;
      }
    }
    assertThat(moved).isBetween(SESSIONS / 10, SESSIONS * 3 / 10);
  }

  @Test
  void replicasGetSessionsByTheirWeight() {
    HashRing ring = new HashRing(new long[] {1, 2}, new double[] {1, 0.25});
    int first = 0;
    for (int session = 0; session < SESSIONS; session++) {
      first += ring.owner(key(session)) == 0 ? 1 : 0;
    }
    assertThat((double) first / SESSIONS).isBetween(0.7, 0.9);
  }

  @Test
  void ringWithoutReplicasOwnsNothing() {
    assertThat(ring().owner(5)).isEqualTo(-1);
  }

  @Test
  void sessionStaysWithItsReplica() {
    FakeLoads loads = new FakeLoads(5);
    SessionHash policy = sessions(loads);
    int home = policy.choose(0, key(7), 0);

    for (int turn = 1; turn < 100; turn++) {
      assertThat(policy.choose(turn, key(7), 0)).isEqualTo(home);
    }
  }

  @Test
  void sessionMovesWhileItsReplicaIsAwayAlwaysToTheSamePlaceAndBack() {
    FakeLoads loads = new FakeLoads(5);
    SessionHash policy = sessions(loads);
    int home = policy.choose(0, key(7), 0);

    loads.eligible(policy, home, false);

    int other = policy.choose(1, key(7), 0);
    assertThat(other).isNotEqualTo(home);
    assertThat(policy.choose(2, key(7), 0)).isEqualTo(other);
    loads.eligible(policy, home, true);
    assertThat(policy.choose(3, key(7), 0)).isEqualTo(home);
  }

  /// The bound of the paper: ceil(1.25 * requests / replicas), at every moment.
  @Test
  void noReplicaTakesMoreThanAQuarterAboveItsShareHoweverPopularASessionIs() {
    FakeLoads loads = new FakeLoads(8);
    SessionHash policy = sessions(loads);

    for (int i = 1; i <= 800; i++) {
      loads.place(policy, i, key(i % 10 == 0 ? i : 3));

      assertThat(Arrays.stream(loads.inFlight).max().orElseThrow())
          .isLessThanOrEqualTo((int) Math.ceil(1.25 * i / 8));
    }
  }

  @Test
  void requestsWithoutASessionGoByTheOtherPolicy() {
    FakeLoads loads = new FakeLoads(4);
    SessionHash policy = sessions(loads);

    for (int turn = 0; turn < 40; turn++) {
      loads.place(policy, turn, Policy.NO_KEY);
    }

    assertThat(loads.inFlight).containsOnly(10);
  }

  @Test
  void oneReplicaLeftGetsEverySession() {
    FakeLoads loads = new FakeLoads(200);
    SessionHash policy = sessions(loads);
    for (int i = 0; i < 199; i++) {
      loads.eligible(policy, i, false);
    }

    for (int session = 0; session < 100; session++) {
      assertThat(policy.choose(session, key(session), 0)).isEqualTo(199);
    }
    loads.eligible(policy, 199, false);
    assertThat(policy.choose(0, key(1), 0)).isEqualTo(-1);
  }
}
