package io.fleetserve.loadbalancer.endpoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import io.fleetserve.loadbalancer.endpoint.Health.Cause;
import io.fleetserve.loadbalancer.endpoint.Health.Phase;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PassiveHealthTest {
  private static final Duration STEP = Duration.ofMillis(20);

  private static OutlierRule rule(double maxEjected, double fraction, double panic) {
    OutlierRule usual = OutlierRule.DEFAULT;
    return new OutlierRule(
        usual.consecutiveFailures(),
        maxEjected,
        fraction,
        usual.minRequests(),
        usual.windowMillis(),
        usual.stdevFactor(),
        usual.baseEjectionMillis(),
        usual.maxEjectionMillis(),
        panic);
  }

  /// A replica that fails three requests in ten hardly ever fails five in a row.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void replicaThatFailsNowAndThenIsEjectedWithinSecondsAndLongerEachTime(long seed) {
    VirtualService world = new VirtualService("round_robin");
    Service service = world.route(1, 2, 3, 4);
    Random random = new Random(seed);
    Replica bad = world.replica(2);
    int ejections = 0;
    long longest = 0;
    for (int i = 0; i < 60 * 50; i++) {
      world.pass(STEP);
      boolean wasOut = bad.health().isEjected();
      world.request(replica -> replica == bad && random.nextInt(10) < 3);
      if (!wasOut && bad.health().isEjected() && bad.health().ejections() > ejections) {
        ejections = bad.health().ejections();
      }
      longest = Math.max(longest, bad.health().until() - world.now());
      if (i == 5 * 50) {
        assertThat(service.health().ejections()).as("after 5 s, seed " + seed).isPositive();
      }
      for (int id : new int[] {1, 3, 4}) {
        assertThat(world.replica(id).health().isEjected()).isFalse();
      }
    }
    assertThat(service.health().ejections()).isGreaterThan(2);
    assertThat(Duration.ofNanos(longest)).isGreaterThan(Duration.ofSeconds(7));
    assertThat(service.health().isPanic()).isFalse();
  }

  @Test
  void replicasThatAllFailAlikeAreNoOutliers() {
    VirtualService world = new VirtualService("round_robin");
    Service service = world.route(1, 2, 3, 4);
    Random random = new Random(7);
    for (int i = 0; i < 40 * 50; i++) {
      world.pass(STEP);
      world.request(_ -> random.nextInt(10) < 3);
    }

    assertThat(service.health().ejections()).isLessThanOrEqualTo(2);
  }

  @Test
  void lowSuccessRateAmongManyIsAnOutlier() {
    VirtualService world = new VirtualService("round_robin").outlier(rule(0.5, 0, 0.5));
    world.route(1, 2, 3, 4, 5, 6, 7, 8);
    Random random = new Random(3);
    Replica bad = world.replica(5);
    for (int i = 0; i < 2000 && !bad.health().isEjected(); i++) {
      world.pass(STEP);
      world.request(replica -> random.nextInt(100) < (replica == bad ? 12 : 1));
    }

    assertThat(bad.health().cause()).isEqualTo(Cause.SUCCESS_RATE);
  }

  @Test
  void atMostHalfAreEjectedAndOneIsAlwaysKept() {
    VirtualService world = new VirtualService("least_load");
    world.route(1, 2, 3, 4, 5);
    for (int id = 1; id <= 5; id++) {
      world.service().failed(world.replica(id), Fault.REFUSED, world.now());
    }
    assertThat(world.service().health().ejections()).isEqualTo(2);
    assertThat(world.service().health().spared()).isEqualTo(3);

    VirtualService alone = new VirtualService("least_load").outlier(rule(1, 0, 0));
    alone.route(1);
    alone.service().failed(alone.replica(1), Fault.REFUSED, alone.now());
    assertThat(alone.replica(1).health().phase()).isEqualTo(Phase.HEALTHY);
  }

  @Test
  void whenMostFailAllGetTrafficUntilEnoughAnswerAgain() {
    VirtualService world = new VirtualService("round_robin");
    Service service = world.route(1, 2, 3, 4);
    for (int i = 0; i < 40; i++) {
      world.request(_ -> true);
    }
    assertThat(service.health().isPanic()).isTrue();
    assertThat(service.health().panics()).isOne();
    int[] chosen = new int[5];
    for (int i = 0; i < 40; i++) {
      Replica replica = requireNonNull(world.request(_ -> true));
      chosen[replica.key().replicaId()]++;
    }
    assertThat(chosen).containsExactly(0, 10, 10, 10, 10);

    for (int i = 0; i < 8; i++) {
      world.request(_ -> false);
    }

    assertThat(service.health().isPanic()).isFalse();
    assertThat(service.route().replicas())
        .allSatisfy(replica -> assertThat(replica.health().phase()).isEqualTo(Phase.HEALTHY));
  }

  @Test
  void withoutPanicTheOthersTakeIt() {
    VirtualService world = new VirtualService("round_robin").outlier(rule(1, 0, 0));
    world.route(1, 2, 3);
    world.service().failed(world.replica(1), Fault.REFUSED, world.now());
    world.service().failed(world.replica(2), Fault.REFUSED, world.now());

    assertThat(world.service().health().isPanic()).isFalse();
    for (int i = 0; i < 10; i++) {
      assertThat(world.request(_ -> false)).isSameAs(world.replica(3));
    }
  }

  @Test
  void faultsAreCountedByKind() {
    VirtualService world = new VirtualService("least_load");
    world.route(1);
    Replica replica = world.replica(1);
    world.service().failed(replica, Fault.REFUSED, world.now());
    world.service().failed(replica, Fault.UNREACHABLE, world.now());
    world.service().failed(replica, Fault.NO_ANSWER, world.now());
    world.service().failed(replica, Fault.ERROR_STATUS, world.now());

    assertThat(replica.connectFailures()).isEqualTo(2);
    assertThat(replica.errorStatuses()).isOne();
    assertThat(replica.failures()).isEqualTo(4);
  }

  @Test
  void replicaTakesNoMoreThanItsLimit() {
    RoutingRule limited = new RoutingRule(null, null, Map.of(), 2, 0);
    VirtualService world = new VirtualService("least_load").routing(limited);
    world.route(1, 2);
    Deque<Replica> taken = new ArrayDeque<>();
    for (int i = 0; i < 4; i++) {
      Replica replica = requireNonNull(world.acquire());
      taken.add(replica);
    }
    assertThat(world.replica(1).inFlight()).isEqualTo(2);
    assertThat(world.acquire()).isNull();

    Replica ended = taken.remove();
    ended.release();

    assertThat(world.acquire()).isSameAs(ended);
    assertThat(world.acquire()).isNull();
    world.routing(new RoutingRule(null, null, Map.of(), 3, 0)).route(1, 2);
    assertThat(world.acquire()).isNotNull();
  }

  /// The share of a replica that joins, against the curve.
  @Test
  void newReplicaTakesTurnsByItsWarmth() {
    VirtualService world = new VirtualService("round_robin");
    world.route(1, 2, 3);
    world.route(1, 2, 3, 4);
    for (int second = 0; second < 30; second++) {
      double warmth = world.replica(4).warmth();
      assertThat(warmth).isCloseTo(Math.max(0.1, second / 30.0), within(0.01));
      int got = 0;
      for (int i = 0; i < 3100; i++) {
        got += world.request(_ -> false) == world.replica(4) ? 1 : 0;
      }
      double share = warmth / (3 + warmth);
      assertThat(got / 3100.0).isCloseTo(share, within(share * 0.1));
      world.pass(Duration.ofSeconds(1));
    }
    assertThat(world.replica(4).warmth()).isEqualTo(1);
    assertThat(world.replica(1).warmth()).isEqualTo(1);
  }

  @Test
  void newReplicaTakesParallelRequestsByItsWarmth() {
    VirtualService world = new VirtualService("least_load");
    world.route(1, 2, 3);
    world.route(1, 2, 3, 4);
    world.pass(Duration.ofSeconds(15));

    for (int i = 0; i < 350; i++) {
      world.acquire();
    }

    assertThat(world.replica(4).inFlight()).isCloseTo(50, within(2));
  }

  @Test
  void replicaThatReturnsWarmsUpAgain() {
    VirtualService world = new VirtualService("least_load");
    world.route(1, 2);
    Replica replica = world.replica(1);
    world.service().failed(replica, Fault.REFUSED, world.now());
    world.pass(Duration.ofSeconds(3));
    assertThat(replica.health().phase()).isEqualTo(Phase.HALF_OPEN);
    assertThat(replica.warmth()).isEqualTo(1);

    for (int i = 0; i < 2; i++) {
      world.request(_ -> false);
    }

    assertThat(replica.health().phase()).isEqualTo(Phase.HEALTHY);
    assertThat(replica.warmth()).isEqualTo(0.1);
    world.pass(Duration.ofSeconds(30));
    assertThat(replica.warmth()).isEqualTo(1);
  }

  @Test
  void policyChangesWithoutLosingCounters() {
    VirtualService world = new VirtualService("least_load");
    world.route(1, 2);
    Replica first = requireNonNull(world.acquire());
    first.completed();

    world.routing(new RoutingRule("x-session", null, Map.of(), 5, 0)).route(2, 1);

    assertThat(world.replica(first.key().replicaId())).isSameAs(first);
    assertThat(first.inFlight()).isOne();
    assertThat(first.completions()).isOne();
    assertThat(world.acquire()).isNotSameAs(first);
  }
}
