package io.fleetserve.controller.run;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.Autoscaling.Query;
import io.fleetserve.api.wire.EventView.Severity;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.controller.autoscale.Autoscaler;
import io.fleetserve.controller.autoscale.AutoscalerState;
import io.fleetserve.controller.autoscale.Autoscalers;
import io.fleetserve.controller.decision.ScalingRecorder;
import io.fleetserve.controller.load.LoadWindow;
import io.fleetserve.controller.load.QueryValue;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.Service;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.prometheus.PrometheusAnswer;
import io.fleetserve.controller.rollout.Versions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Asks the autoscaler, each period and at once when a request waits while nothing is ready, and
/// keeps what it decided. Confined to the service's loop.
final class ScalingStep {
  private final ServiceLedger ledger;
  private final QueryStep queries;
  private final Clock clock;
  private LoadWindow load;
  private Instant nextAt = Instant.EPOCH;
  private int decidedFor;
  private boolean woken;

  ScalingStep(ServiceLedger ledger, QueryStep queries, Clock clock) {
    this.ledger = ledger;
    this.queries = queries;
    this.clock = clock;
    this.load = LoadWindow.of(ledger.name(), Duration.ofMinutes(2));
  }

  void report(LoadReport report, Instant now) {
    load = load.with(report, now);
    woken = load.held() > 0;
  }

  LoadWindow load() {
    return load;
  }

  Instant nextAt() {
    return nextAt;
  }

  void run(Instant now) {
    Optional<ServiceVersion> desired = Versions.desired(ledger.versions());
    if (ledger.service().ending() || desired.isEmpty()) {
      nextAt = Instant.MAX;
      return;
    }
    boolean waiting = woken && ledger.replicas().stream().noneMatch(Replica::isReady);
    woken = false;
    if (now.isBefore(nextAt) && !waiting && decidedFor == desired.get().number()) {
      return;
    }
    decide(desired.get(), waiting, now);
  }

  private void decide(ServiceVersion desired, boolean waiting, Instant now) {
    Autoscaler autoscaler = Autoscalers.forSpec(desired.spec());
    ask(desired, now);
    load = load.keeping(Autoscalers.longestWindow(desired.spec()).multipliedBy(2));
    Service before = ledger.service();
    ScalingRecorder.Recorded recorded =
        ScalingRecorder.decide(
            autoscaler,
            new Autoscaler.Inputs(
                load,
                before.target(),
                ledger.replicas(),
                desired.spec(),
                AutoscalerState.ofJson(before.autoscalerState()),
                ledger.coldStarts().anywhere().orElse(Autoscaler.Inputs.USUAL_COLD_START)),
            desired.number(),
            now);
    Autoscaler.Decision decision = recorded.decision();
    ledger.decisions().note(recorded.draft());
    Service after = before.withDecision(decision.target(), decision.next().toJson());
    nextAt = now.plus(autoscaler.period(decision.target()));
    decidedFor = desired.number();
    if (after.target() == before.target()) {
      ledger.note(after);
      return;
    }
    ledger.put(after);
    ledger.event(
        EventDraft.info(
            type(before, after, waiting),
            desired.number(),
            before.target() + " to " + after.target() + " replicas: " + decision.reason()),
        now);
  }

  private void ask(ServiceVersion desired, Instant now) {
    Autoscaling rule = desired.spec().service().autoscaling();
    List<Query> asked = rule == null ? List.of() : rule.queries();
    queries.ask(asked, now, answer -> answered(answer, asked, desired.number()));
  }

  private void answered(QueryStep.Answer answer, List<Query> asked, int version) {
    Instant now = clock.instant();
    switch (answer.answer()) {
      case PrometheusAnswer.Value(double value) -> {
        if (load.queried(answer.query(), now).isEmpty()) {
          // Known at last: what waited for it is decided at once.
          nextAt = Instant.EPOCH;
        }
        load = load.with(answer.query(), new QueryValue(value, now), asked);
        answer
            .news()
            .ifPresent(
                news -> ledger.event(EventDraft.info(EventType.METRIC_FOUND, version, news), now));
      }
      case PrometheusAnswer.Nothing ignored ->
          answer
              .news()
              .ifPresent(news ->
                  ledger.event(
                      new EventDraft(EventType.METRIC_LOST, Severity.WARNING, version, 0, news),
                      now));
    }
  }

  private static EventType type(Service before, Service after, boolean waiting) {
    if (after.target() < before.target()) {
      return EventType.SCALE_DOWN;
    }
    return before.target() == 0 && waiting ? EventType.WAKE : EventType.SCALE_UP;
  }
}
