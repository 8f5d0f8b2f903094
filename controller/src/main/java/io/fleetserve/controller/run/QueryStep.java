package io.fleetserve.controller.run;

import io.fleetserve.api.spec.Autoscaling.Query;
import io.fleetserve.controller.prometheus.PrometheusAnswer;
import io.fleetserve.controller.prometheus.PrometheusClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Asks the questions to Prometheus that a service scales by, each every five seconds, never two at
/// once, on threads of their own. Confined to the service's loop.
final class QueryStep {
  static final Duration PERIOD = Duration.ofSeconds(5);
  private static final Duration DEADLINE = Duration.ofSeconds(4);

  /// Loops are woken a little early at times.
  private static final Duration SLACK = Duration.ofMillis(500);

  private final PrometheusClient client;
  private final Executor threads;
  private final Consumer<Runnable> loop;
  private final Map<Query, Asked> asked = new HashMap<>();

  /// @param trouble why the last answer was none; empty when it was a number
  private record Asked(Instant at, boolean open, String trouble) {}

  /// A question was answered.
  ///
  /// @param news for people, when it is the first of its kind: trouble, or its end
  record Answer(Query query, PrometheusAnswer answer, Optional<String> news) {}

  /// @param loop runs a message on the service's loop
  QueryStep(PrometheusClient client, Executor threads, Consumer<Runnable> loop) {
    this.client = client;
    this.threads = threads;
    this.loop = loop;
  }

  /// Asks what is due; forgets what is not asked any more.
  ///
  /// @param then gets the answers, on the loop
  void ask(Collection<Query> queries, Instant now, Consumer<Answer> then) {
    asked.keySet().retainAll(queries);
    for (Query query : queries) {
      Asked before = asked.get(query);
      if (before == null || isDue(before, now)) {
        asked.put(query, new Asked(now, true, before == null ? "" : before.trouble()));
        threads.execute(() -> {
          PrometheusAnswer answer = client.ask(query, DEADLINE);
          loop.accept(() -> answered(query, answer, then));
        });
      }
    }
  }

  private static boolean isDue(Asked before, Instant now) {
    Duration since = Duration.between(before.at(), now);
    return !before.open() && (since.isNegative() || since.compareTo(PERIOD.minus(SLACK)) >= 0);
  }

  private void answered(Query query, PrometheusAnswer answer, Consumer<Answer> then) {
    Asked before = asked.get(query);
    if (before == null) {
      return;
    }
    String trouble = answer instanceof PrometheusAnswer.Nothing(String why) ? why : "";
    asked.put(query, new Asked(before.at(), false, trouble));
    then.accept(new Answer(query, answer, news(query, before.trouble(), trouble)));
  }

  private static Optional<String> news(Query query, String before, String trouble) {
    if (before.isEmpty() == trouble.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        trouble.isEmpty()
            ? query + ": answered again"
            : query + ": " + trouble + "; no replica is taken away until it is answered");
  }
}
