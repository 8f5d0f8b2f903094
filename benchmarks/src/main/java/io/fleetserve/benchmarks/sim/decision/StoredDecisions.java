package io.fleetserve.benchmarks.sim.decision;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.wire.DecisionView;
import io.fleetserve.api.wire.Json;
import io.fleetserve.controller.decision.DecisionKind;
import io.fleetserve.controller.decision.RecordedDecision;
import io.fleetserve.controller.decision.Replay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What `serve explain NAME -o json` printed, and what the same decisions are by the rules of
/// today.
///
/// @param answers in the order of the file
record StoredDecisions(List<Answer> answers) {
  /// A decision and what comes out now.
  record Answer(DecisionView decision, Replay replay) {
    private static final String IMPOSSIBLE = "cannot be made again";

    Verdict verdict() {
      return replay.same()
          ? Verdict.SAME
          : replay.differences().stream().anyMatch(line -> line.startsWith(IMPOSSIBLE))
              ? Verdict.IMPOSSIBLE
              : Verdict.DIFFERENT;
    }
  }

  /// How the two compare.
  enum Verdict {
    SAME,
    DIFFERENT,
    IMPOSSIBLE
  }

  StoredDecisions {
    answers = List.copyOf(answers);
  }

  /// Reads a file and makes each decision again.
  ///
  /// @param spec the service file they were made for; without it only the mix of spot and on demand
  ///   can be made again
  static StoredDecisions of(Path file, Optional<ServiceSpec> spec) throws IOException {
    DecisionView[] decisions = Json.MAPPER.readValue(Files.readString(file), DecisionView[].class);
    return new StoredDecisions(
        Arrays.stream(decisions)
            .map(decision -> new Answer(decision, Replay.of(record(decision), spec)))
            .toList());
  }

  private static RecordedDecision record(DecisionView view) {
    return new RecordedDecision(
        view.sequence(),
        Instant.ofEpochMilli(view.timeMillis()),
        DecisionKind.valueOf(view.kind().toUpperCase(Locale.ROOT)),
        view.version(),
        view.rule(),
        view.choice(),
        view.reason(),
        view.weighed(),
        view.inputs().isNull() ? "" : view.inputs().toString(),
        view.outcome().toString());
  }

  long count(Verdict verdict) {
    return answers.stream().filter(answer -> answer.verdict() == verdict).count();
  }

  /// One line for each decision, what differs below it, and the totals.
  String table() {
    StringBuilder text = new StringBuilder();
    for (Answer answer : answers) {
      DecisionView decision = answer.decision();
      text.append(
          "%s  %-9s  %-16s  %-10s  %s%n"
              .formatted(
                  Instant.ofEpochMilli(decision.timeMillis()),
                  decision.kind(),
                  decision.rule(),
                  answer.verdict().name().toLowerCase(Locale.ROOT),
                  decision.choice()));
      answer.replay().differences().forEach(line -> text.append("    ").append(line).append('\n'));
    }
    return text.append(
            "%d decisions: %d the same, %d different, %d cannot be made again%n"
                .formatted(
                    answers.size(),
                    count(Verdict.SAME),
                    count(Verdict.DIFFERENT),
                    count(Verdict.IMPOSSIBLE)))
        .toString();
  }
}
