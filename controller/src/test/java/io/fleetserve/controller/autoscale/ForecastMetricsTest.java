package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling.Goal;
import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.Autoscaling.Query;
import io.fleetserve.controller.fixture.Specs;
import java.net.URI;
import org.junit.jupiter.api.Test;

/// Scaling by tokens and by what Prometheus says, second by second in virtual time.
final class ForecastMetricsTest {
  private static final Query QUEUE =
      new Query(URI.create("http://127.0.0.1:9090"), "sum(queue_length)");

  private static Traffic traffic(int min, Goal... goals) {
    return new Traffic(Specs.between(min, 20).metrics(goals).delays(0, 120).build());
  }

  @Test
  void tokensPerSecondAreSharedByReplicas() {
    Traffic traffic = traffic(1, Goal.of(Metric.TOKENS, 1000));
    traffic.tokens = 500;

    traffic.run(1200, 9, 4, 0);

    // 4,500 tokens a second at 1,000 per replica.
    assertThat(traffic.target()).as(traffic.reason).isBetween(5, 6);
  }

  @Test
  void cheaperRequestsNeedFewerReplicasAfterTheDelay() {
    Traffic traffic = traffic(1, Goal.of(Metric.TOKENS, 1000));
    traffic.tokens = 500;
    traffic.run(600, 4, 4, 0);
    int before = traffic.target();

    traffic.tokens = 1;
    traffic.run(60, 4, 4, 0);
    assertThat(traffic.target()).as("memory of the delay").isEqualTo(before);
    traffic.run(600, 4, 4, 0);

    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void answersThatTellNoTokensDecideNothing() {
    Traffic traffic = traffic(1, Goal.of(Metric.TOKENS, 1000));
    traffic.tokens = 500;
    traffic.run(600, 9, 4, 0);
    int before = traffic.target();

    traffic.tokens = 0;
    traffic.run(30, 9, 4, 0);
    assertThat(traffic.target()).as("half of the answers tell").isEqualTo(before);
    traffic.run(1200, 1, 4, 0);

    assertThat(traffic.target()).isEqualTo(before);
    assertThat(traffic.reason).contains("nothing known of tokens");
  }

  @Test
  void valueOfAQueryIsSharedByReplicas() {
    Traffic traffic = traffic(1, Goal.of(QUEUE, 4));
    traffic.queried = 30;

    traffic.run(600, 1, 1, 0);
    assertThat(traffic.target()).as(traffic.reason).isBetween(8, 10);

    traffic.queried = 0;
    traffic.run(1800, 1, 1, 0);
    assertThat(traffic.target()).as(traffic.reason).isEqualTo(1);
  }

  /// D.B-11, for a metric that comes from elsewhere.
  @Test
  void silentPrometheusDecidesNothing() {
    Traffic traffic = traffic(1, Goal.of(QUEUE, 4));
    traffic.queried = 30;
    traffic.run(600, 1, 1, 0);
    int before = traffic.target();

    traffic.queried = Double.NaN;
    traffic.run(1800, 1, 1, 0);

    assertThat(traffic.target()).isEqualTo(before);
    assertThat(traffic.reason).contains("nothing known of prometheus");
  }

  @Test
  void othersMayWantMoreWhileOneIsUnknown() {
    Traffic traffic = traffic(1, Goal.of(QUEUE, 4), Goal.of(Metric.CONCURRENCY, 4));

    traffic.run(600, 10, 40, 0);
    assertThat(traffic.target()).as(traffic.reason).isBetween(10, 13);
    int before = traffic.target();
    traffic.run(1200, 1, 1, 0);
    assertThat(traffic.target()).as(traffic.reason).isEqualTo(before);

    traffic.queried = 1;
    traffic.run(3600, 1, 1, 0);
    assertThat(traffic.target()).as(traffic.reason).isEqualTo(1);
  }

  @Test
  void largestWishOfSeveralWins() {
    Traffic traffic =
        traffic(1, Goal.of(QUEUE, 10), Goal.of(Metric.CONCURRENCY, 4), Goal.of(Metric.QPS, 100));
    traffic.queried = 95;

    traffic.run(600, 10, 8, 0);

    assertThat(traffic.target()).as(traffic.reason).isBetween(10, 12);
  }

  @Test
  void serviceSleepsWhenTheQueryIsAtNothingTooAndWakesByIt() {
    Traffic traffic = traffic(0, Goal.of(QUEUE, 4));
    traffic.queried = 3;
    traffic.run(600, 0, 0, 0);
    assertThat(traffic.target()).as(traffic.reason).isPositive();

    traffic.queried = 0;
    traffic.run(100, 0, 0, 0);
    assertThat(traffic.target()).as(traffic.reason).isPositive();
    traffic.run(100, 0, 0, 0);
    assertThat(traffic.target()).as(traffic.reason).isZero();

    traffic.queried = 3;
    traffic.run(10, 0, 0, 0);
    assertThat(traffic.target()).as(traffic.reason).isEqualTo(1);
  }
}
