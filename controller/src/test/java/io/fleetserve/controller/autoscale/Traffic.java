package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.Autoscaling.Query;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.controller.autoscale.Autoscaler.Decision;
import io.fleetserve.controller.autoscale.Autoscaler.Inputs;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Reports;
import io.fleetserve.controller.load.LoadWindow;
import io.fleetserve.controller.load.QueryValue;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/// Drives one autoscaler second by second with replicas that are ready as soon as they are wanted.
/// Confined to one test.
final class Traffic {
  final VirtualClock clock = new VirtualClock();
  final List<Integer> targets = new ArrayList<>();
  private final Reports reports;
  private ServiceSpec spec;
  private Autoscaler autoscaler;
  private LoadWindow window;
  private AutoscalerState state = AutoscalerState.NONE;
  private Instant due;
  private double arrivals;
  private int target;
  String reason = "";
  boolean reporting = true;
  List<Long> firstByte = List.of();

  /// Replicas with a request, as load balancers report them.
  int busy;

  /// Tokens of each answer; 0 for answers that do not tell.
  int tokens;

  /// What Prometheus answers to the queries of the service, each second; NaN while it does not.
  double queried = Double.NaN;

  /// Replicas never become ready.
  boolean starting;

  /// Reports come so many seconds late.
  int late;

  /// Reports come in pairs, the newer one first and then again.
  boolean untidy;

  private final Deque<LoadReport> underway = new ArrayDeque<>();

  Traffic(ServiceSpec spec) {
    this.spec = spec;
    this.autoscaler = Autoscalers.forSpec(spec);
    this.window = LoadWindow.of(Replicas.SERVICE, Autoscalers.longestWindow(spec).multipliedBy(2));
    this.reports = new Reports("lb-1", VirtualClock.EPOCH.minus(Duration.ofDays(1)));
    this.target = Autoscalers.initialTarget(spec);
    this.due = clock.instant();
  }

  int target() {
    return target;
  }

  AutoscalerState state() {
    return state;
  }

  void use(ServiceSpec next) {
    spec = next;
    autoscaler = Autoscalers.forSpec(next);
    due = clock.instant();
  }

  /// The state goes through its stored form, and the measurements are lost.
  void restart() {
    state = AutoscalerState.ofJson(state.toJson());
    window = LoadWindow.of(Replicas.SERVICE, Autoscalers.longestWindow(spec).multipliedBy(2));
    due = clock.instant();
  }

  /// `seconds` of `qps` arrivals, `concurrency` requests at once, `held` of them waiting.
  void run(int seconds, double qps, double concurrency, int held) {
    for (int i = 0; i < seconds; i++) {
      clock.advance(Duration.ofSeconds(1));
      arrivals += qps;
      long whole = (long) Math.floor(arrivals + 1e-9);
      arrivals -= whole;
      reports
          .arrive(whole)
          .complete(whole)
          .busy(concurrency, 1000)
          .waiting(held, 1000)
          .firstByte(firstByte)
          .tokens(0, tokens * whole, tokens > 0 ? whole : 0, tokens > 0 ? 0 : whole)
          .busyReplicas(busy)
          .now(held, (int) concurrency - held);
      if (reporting) {
        underway.addLast(reports.send());
        hear();
      }
      query();
      boolean wakes = target == 0 && held > 0;
      if (wakes || !clock.instant().isBefore(due)) {
        decide();
      }
    }
  }

  private void hear() {
    while (underway.size() > late + (untidy ? 1 : 0)) {
      LoadReport first = underway.removeFirst();
      if (untidy) {
        LoadReport second = underway.removeFirst();
        window = window.with(second, clock.instant());
        window = window.with(first, clock.instant()).with(second, clock.instant());
      } else {
        window = window.with(first, clock.instant());
      }
    }
  }

  private void query() {
    Autoscaling rule = spec.service().autoscaling();
    if (rule == null || Double.isNaN(queried)) {
      return;
    }
    for (Query query : rule.queries()) {
      window = window.with(query, new QueryValue(queried, clock.instant()), rule.queries());
    }
  }

  /// One decision now, whether it is due or not.
  Decision decide() {
    Instant now = clock.instant();
    ReplicaStatus status = starting ? ReplicaStatus.STARTING : ReplicaStatus.READY;
    List<Replica> replicas =
        IntStream.rangeClosed(1, target).mapToObj(id -> Replicas.in(status, id, 1, now)).toList();
    Decision decision = autoscaler.decide(new Inputs(window, target, replicas, spec, state), now);
    if (decision.target() != target) {
      targets.add(decision.target());
    }
    target = decision.target();
    state = decision.next();
    reason = decision.reason();
    due = now.plus(autoscaler.period(target));
    return decision;
  }
}
