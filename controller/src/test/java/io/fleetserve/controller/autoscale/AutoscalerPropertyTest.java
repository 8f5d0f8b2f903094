package io.fleetserve.controller.autoscale;

import static io.fleetserve.api.status.ReplicaStatus.READY;
import static io.fleetserve.api.status.ReplicaStatus.STARTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling.Goal;
import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.Autoscaling.Policy;
import io.fleetserve.api.spec.Autoscaling.Query;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.autoscale.Autoscaler.Decision;
import io.fleetserve.controller.autoscale.Autoscaler.Inputs;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Reports;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.load.LoadWindow;
import io.fleetserve.controller.load.QueryValue;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.testing.time.VirtualClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What holds for every autoscaler, whatever is fed in: ten thousand cases, the seed of each in the
/// message.
final class AutoscalerPropertyTest {
  private static final Instant NOW = VirtualClock.EPOCH;
  private static final int CASES = 10_000 / Rule.values().length + 1;
  private static final Query QUERY = new Query(URI.create("http://127.0.0.1:9090"), "depth");

  /// Every rule that a service file can name.
  enum Rule {
    FIXED,
    REQUEST_RATE,
    INSTANCE_AWARE,
    QUEUE_LENGTH,
    FORECAST_QPS,
    FORECAST_CONCURRENCY,
    FORECAST_TOKENS,
    FORECAST_PROMETHEUS,
    FORECAST_QUEUE_DELAY,
    KNATIVE,
    HPA,
    RAY_SERVE;

    Specs apply(Specs specs, int target) {
      return switch (this) {
        case FIXED -> specs;
        case REQUEST_RATE -> specs.targetQps(target);
        case INSTANCE_AWARE -> specs.targetQps(Map.of("H100", (double) target));
        case QUEUE_LENGTH -> specs.queueLength(target);
        case FORECAST_QPS -> specs.metrics(Goal.of(Metric.QPS, target));
        case FORECAST_CONCURRENCY -> specs.metrics(Goal.of(Metric.CONCURRENCY, target));
        case FORECAST_TOKENS -> specs.metrics(Goal.of(Metric.TOKENS, target));
        case FORECAST_PROMETHEUS -> specs.metrics(Goal.of(QUERY, target));
        case FORECAST_QUEUE_DELAY -> specs.metrics(Goal.of(Metric.QUEUE_DELAY, target));
        case KNATIVE -> specs.autoscaling(Policy.KNATIVE, Metric.CONCURRENCY, target, 60, 6);
        case HPA -> specs.autoscaling(Policy.HPA, Metric.CONCURRENCY, target, 60, 6);
        case RAY_SERVE -> specs.autoscaling(Policy.RAY_SERVE, Metric.CONCURRENCY, target, 60, 6);
      };
    }
  }

  /// One case: a service in some state.
  private record Case(
      String story, ServiceSpec spec, AutoscalerState state, int target, Load load) {
    static Case of(Rule rule, Random random, String story) {
      int min = random.nextInt(3);
      int max = rule == Rule.FIXED ? min : min + random.nextInt(10);
      ServiceSpec spec =
          rule.apply(
                  Specs.between(min, max)
                      .overprovision(random.nextInt(3))
                      .delays(random.nextInt(3) * 20, random.nextInt(3) * 40),
                  1 + random.nextInt(5))
              .build();
      int target = random.nextInt(14);
      return new Case(
          story,
          spec,
          state(Autoscalers.forSpec(spec).name(), target, random),
          target,
          new Load(
              // Without an answer nobody knows what requests under way cost.
              random.nextInt(40) + (rule == Rule.FORECAST_TOKENS ? 1 : 0),
              random.nextInt(40),
              random.nextInt(3) * random.nextInt(10)));
    }

    private static AutoscalerState state(String name, int target, Random random) {
      return random.nextInt(4) == 0
          ? AutoscalerState.NONE
          : new AutoscalerState(
              name,
              target,
              random.nextInt(20),
              random.nextInt(70),
              NOW.minusSeconds(random.nextInt(100)).toEpochMilli(),
              random.nextBoolean() ? 0 : NOW.minusSeconds(random.nextInt(90)).toEpochMilli(),
              List.of());
    }

    int least() {
      return spec.service().replicaPolicy().minReplicas() + spare();
    }

    int most() {
      return spec.service().replicaPolicy().maxReplicas() + spare();
    }

    int spare() {
      return spec.service().replicaPolicy().numOverprovision();
    }

    /// Replicas wanted before the decision, as far as the bounds let them.
    int current() {
      int before = state.target() < 0 ? 0 : state.target();
      return Math.clamp(before + spare(), least(), most());
    }

    @Override
    public String toString() {
      return "%s: %d..%d, %s, %s".formatted(story, least(), most(), load, state);
    }

    /// More load of the kind that counts: a sleeping service wakes by a rule of its own when the
    /// first request waits, and the more requests share a wait the shorter is each.
    Load more(Random random) {
      boolean asleep = current() == spare() && load.held() == 0;
      return load.more(random, !asleep, !story.startsWith(Rule.FORECAST_QUEUE_DELAY.name()));
    }

    Inputs inputs(LoadWindow window) {
      List<Replica> replicas =
          IntStream.rangeClosed(1, Math.max(target, current()))
              .mapToObj(id -> Replicas.in(id <= target ? READY : STARTING, id, 1, NOW))
              .toList();
      return new Inputs(window, target, replicas, spec, state);
    }

    Decision decide(LoadWindow window) {
      return Autoscalers.forSpec(spec).decide(inputs(window), NOW);
    }
  }

  /// A constant load.
  ///
  /// @param held requests that wait, on top of `concurrency` at work
  private record Load(int qps, int concurrency, int held) {
    /// As much or more of everything.
    ///
    /// @param waiting whether more may wait
    /// @param arriving whether more may arrive
    Load more(Random random, boolean waiting, boolean arriving) {
      return new Load(
          qps + (arriving ? random.nextInt(40) : 0),
          concurrency + random.nextInt(40),
          held + (waiting ? random.nextInt(20) : 0));
    }

    LoadWindow window() {
      return window(NOW);
    }

    /// Measured until `end`.
    LoadWindow window(Instant end) {
      LoadWindow window = LoadWindow.of(Replicas.SERVICE, Duration.ofMinutes(2));
      Reports lb = new Reports("lb-1", NOW.minus(Duration.ofDays(1)));
      for (int i = 80; i >= 0; i -= 20) {
        lb.arrive(20L * qps)
            .complete(20L * qps)
            .tokens(0, 60L * qps, 20L * qps, 0)
            .busy(concurrency + held, 20_000)
            .waiting(held, 20_000);
        window = window.with(lb.now(held, concurrency).send(), end.minusSeconds(i));
      }
      return window.with(QUERY, new QueryValue(qps, end), List.of(QUERY));
    }
  }

  /// Bounded, pure, explained, its memory survives its stored form, and more load never wants
  /// fewer.
  @ParameterizedTest
  @EnumSource
  void decisionsAreBoundedReplayableAndMonotoneInLoad(Rule rule) {
    for (long seed = 1; seed <= CASES; seed++) {
      Random random = new Random(seed * 31 + rule.name().hashCode());
      Case one = Case.of(rule, random, rule + " seed " + seed);
      LoadWindow window = one.load().window();

      Decision decision = one.decide(window);

      String story = one + " -> " + decision;
      assertThat(decision.target()).as(story).isBetween(one.least(), one.most());
      assertThat(decision.reason()).as(story).isNotBlank();
      assertThat(one.decide(window)).as(story).isEqualTo(decision);
      assertThat(AutoscalerState.ofJson(decision.next().toJson()))
          .as(story)
          .isEqualTo(decision.next());
      assertThat(one.decide(one.more(random).window()).target())
          .as(story)
          .isGreaterThanOrEqualTo(decision.target());
    }
  }

  /// Without a report, and with old ones, the number stays as it is, within its bounds; with
  /// reports of some load balancers only, it does not fall.
  @ParameterizedTest
  @EnumSource
  void nothingIsDecidedFromNoData(Rule rule) {
    for (long seed = 1; seed <= CASES / 4; seed++) {
      Case one =
          Case.of(rule, new Random(seed * 37 + rule.name().hashCode()), rule + " seed " + seed);
      LoadWindow old = one.load().window(NOW.minusSeconds(6));
      LoadWindow half = old.with(new Reports("lb-2", NOW.minusSeconds(60)).send(), NOW);
      boolean wakes = one.current() == one.spare() && one.load().held() > 0;
      int current = rule == Rule.FIXED ? one.least() : one.current();

      assertThat(one.decide(LoadWindow.of(Replicas.SERVICE, Duration.ofMinutes(2))).target())
          .as("%s", one)
          .isEqualTo(current);
      if (!wakes) {
        assertThat(one.decide(old).target()).as("%s", one).isEqualTo(current);
      }
      assertThat(one.decide(half).target()).as("%s", one).isGreaterThanOrEqualTo(current);
    }
  }

  /// Load that trembles by two in a hundred makes the number change its direction at most once, and
  /// then not again for as long as fewer must be wanted before one is ended.
  @ParameterizedTest
  @EnumSource
  void jitterMakesNoNumberSwing(Rule rule) {
    for (long seed = 1; seed <= 6; seed++) {
      Random random = new Random(seed * 41 + rule.name().hashCode());
      Traffic traffic =
          new Traffic(
              rule.apply(Specs.between(1, rule == Rule.FIXED ? 1 : 30).delays(20, 300), 4).build());
      traffic.tokens = 1;
      double load = 4 + 60 * random.nextDouble();
      traffic.run(400, load, load, 0);
      int before = traffic.targets.size();

      for (int i = 0; i < 30; i++) {
        double now = load * (0.98 + 0.04 * random.nextDouble());
        traffic.queried = now;
        traffic.run(10, now, now, 0);
      }

      List<Integer> changes =
          traffic.targets.subList(Math.max(0, before - 1), traffic.targets.size());
      assertThat(turns(changes)).as("%s seed %d: %s", rule, seed, changes).isLessThanOrEqualTo(1);
      assertThat(changes.size()).as("%s seed %d: %s", rule, seed, changes).isLessThan(6);
    }
  }

  private static int turns(List<Integer> numbers) {
    int turns = 0;
    for (int i = 2; i < numbers.size(); i++) {
      int first = Integer.compare(numbers.get(i - 1), numbers.get(i - 2));
      int second = Integer.compare(numbers.get(i), numbers.get(i - 1));
      turns += first * second < 0 ? 1 : 0;
    }
    return turns;
  }

  @Test
  void unreadableMemoryIsNoMemory() {
    assertThat(AutoscalerState.ofJson("")).isEqualTo(AutoscalerState.NONE);
    assertThat(AutoscalerState.ofJson("{not json")).isEqualTo(AutoscalerState.NONE);
    assertThat(
            AutoscalerState.ofJson(AutoscalerState.NONE.toJson().replace("{", "{\"later\": 1, "))
                .target())
        .isEqualTo(-1);
  }

  @Test
  void fixedNumberIsTheMinimumWhateverTheLoad() {
    ServiceSpec spec = Specs.fixed(0).build();

    Decision decision =
        Autoscalers.forSpec(spec)
            .decide(
                new Inputs(
                    new Load(100, 100, 0).window(), 0, List.of(), spec, AutoscalerState.NONE),
                NOW);

    assertThat(decision.target()).isZero();
    assertThat(decision.reason()).contains("wants 0 replicas");
  }
}
