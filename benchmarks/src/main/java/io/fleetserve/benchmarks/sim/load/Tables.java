package io.fleetserve.benchmarks.sim.load;

import io.fleetserve.benchmarks.sim.load.Experiment.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Results as text and as JSON.
final class Tables {
  private Tables() {}

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  static String of(Experiment experiment) {
    String head =
        "\n%s: %d requests, %.1f replicas' worth on average, %d at the start%n"
            .formatted(
                experiment.load().name(),
                experiment.load().arrivals().length,
                experiment.load().offered() / LoadSimulation.SLOTS,
                experiment.start());
    return head
        + "| policy | setting | wait > 2 s | p99 wait | replica-hours | actions | thU | thO | tauU"
        + " | tauO | ups |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        + experiment.results().stream().map(Tables::row).collect(Collectors.joining("\n"));
  }

  private static String row(Result result) {
    Outcome o = result.outcome();
    Elasticity e = o.elasticity();
    return String.format(
        Locale.ROOT,
        "| %s | %s%s | %.2f %% | %.1f s | %.1f | %d | %.1f | %.1f | %.1f | %.1f | %.1f |",
        result.policy().name(),
        result.policy().setting(),
        result.policy().published() ? " *" : "",
        100 * o.waiting(),
        o.p99(),
        o.replicaHours(),
        o.actions(),
        e.underAccuracy(),
        e.overAccuracy(),
        e.underTime(),
        e.overTime(),
        e.instability());
  }

  /// Ours at its default against the others: what the same waiting costs them, and how many wait
  /// with them for the same money.
  static String aims(List<Experiment> experiments) {
    StringBuilder text =
        new StringBuilder(
            """

            | load | forecast | published, no more waiting | published, no dearer \
            | any setting or fixed fleet, no more waiting | any, no dearer |
            | --- | --- | --- | --- | --- | --- |
            """);
    for (Experiment experiment : experiments) {
      Result ours = experiment.ours();
      text.append("| ").append(experiment.load().name()).append(" | ").append(brief(ours));
      for (boolean every : new boolean[] {false, true}) {
        List<Result> others = experiment.others(every);
        text.append(" | ").append(told(Experiment.cheapest(ours, others)));
        text.append(" | ").append(told(Experiment.promptest(ours, others)));
      }
      text.append(" |\n");
    }
    return text.toString();
  }

  private static String told(Optional<Result> result) {
    return result
        .map(one -> one.policy().name() + " " + one.policy().setting() + ": " + brief(one))
        .orElse("none");
  }

  private static String brief(Result result) {
    return String.format(
        Locale.ROOT,
        "%.2f %% / %.1f h",
        100 * result.outcome().waiting(),
        result.outcome().replicaHours());
  }

  static void json(List<Experiment> experiments, Path file) throws IOException {
    ArrayNode all = JSON.createArrayNode();
    for (Experiment experiment : experiments) {
      ObjectNode node = all.addObject();
      node.put("load", experiment.load().name());
      node.put("requests", experiment.load().arrivals().length);
      node.put("coldStartSeconds", experiment.coldStart());
      node.put("replicasAtStart", experiment.start());
      ArrayNode results = node.putArray("results");
      for (Result result : experiment.results()) {
        Outcome outcome = result.outcome();
        Elasticity elasticity = outcome.elasticity();
        results
            .addObject()
            .put("policy", result.policy().name())
            .put("setting", result.policy().setting())
            .put("published", result.policy().published())
            .put("waitingShare", rounded(outcome.waiting()))
            .put("p99WaitSeconds", rounded(outcome.p99()))
            .put("replicaHours", rounded(outcome.replicaHours()))
            .put("actions", outcome.actions())
            .put("underAccuracy", rounded(elasticity.underAccuracy()))
            .put("overAccuracy", rounded(elasticity.overAccuracy()))
            .put("underTime", rounded(elasticity.underTime()))
            .put("overTime", rounded(elasticity.overTime()))
            .put("instability", rounded(elasticity.instability()));
      }
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, JSON.writeValueAsString(all) + "\n");
  }

  private static double rounded(double value) {
    return Math.rint(value * 10_000) / 10_000;
  }
}
