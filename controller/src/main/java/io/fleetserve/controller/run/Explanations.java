package io.fleetserve.controller.run;

import io.fleetserve.api.wire.DecisionView;
import io.fleetserve.api.wire.Json;
import io.fleetserve.controller.decision.RecordedDecision;
import io.fleetserve.controller.decision.Replay;
import io.fleetserve.controller.model.ServiceVersion;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The last decisions of a service, for people. Thread-safe.
final class Explanations {
  private final Services services;

  Explanations(Services services) {
    this.services = services;
  }

  /// Oldest first.
  ///
  /// @param replayed make each again and tell what comes out
  List<DecisionView> of(String service, int limit, boolean replayed) throws InterruptedException {
    List<ServiceVersion> versions = services.rows(service);
    return services.context().store().decisions(service, limit).stream()
        .map(decision -> view(decision, replayed ? replay(decision, versions) : Optional.empty()))
        .toList();
  }

  private static Optional<Replay> replay(RecordedDecision decision, List<ServiceVersion> versions) {
    return Optional.of(
        Replay.of(
            decision,
            versions.stream()
                .filter(version -> version.number() == decision.version())
                .map(ServiceVersion::spec)
                .findFirst()));
  }

  private static DecisionView view(RecordedDecision decision, Optional<Replay> replay) {
    return new DecisionView(
        decision.sequence(),
        decision.at().toEpochMilli(),
        decision.kind().name().toLowerCase(Locale.ROOT),
        decision.version(),
        decision.rule(),
        decision.choice(),
        decision.reason(),
        decision.weighed(),
        Json.MAPPER.readTree(decision.inputs().isEmpty() ? "null" : decision.inputs()),
        Json.MAPPER.readTree(decision.outcome()),
        replay
            .map(again -> new DecisionView.ReplayView(again.same(), again.differences()))
            .orElse(null));
  }
}
