package io.fleetserve.agent;

import static io.fleetserve.agent.ReplicaState.NEVER;

import io.fleetserve.agent.ReplicaMachine.Step;
import io.fleetserve.agent.ReplicaState.Copy;
import io.fleetserve.agent.ReplicaState.Stage;
import io.fleetserve.api.wire.AgentReport.Phase;
import java.util.List;

/// What the outcome of a probe means: the part of [ReplicaMachine] that reads `ReadinessProbe`.
///
/// A process that was never ready has the initial delay, counted from its first failed probe, and
/// is probed at the [Pace] of a start. Afterwards one failed probe makes the replica NOT_READY, and
/// failures over the whole failure window give it up. Pure.
final class ProbeRules {
  private ProbeRules() {}

  static Step onProbed(ReplicaState state, ProbeResult result, long now) {
    Copy next = state.copy();
    next.probing = false;
    next.lastProbe = result.line();
    if (state.stage() != Stage.RUNNING) {
      return new Step(next.done(), List.of());
    }
    return result.ready() ? onPassed(state, next, now) : onFailed(state, next, result, now);
  }

  private static Step onPassed(ReplicaState state, Copy next, long now) {
    next.phase = Phase.READY;
    next.reason = state.probe() + " answered " + next.lastProbe;
    next.wasReady = true;
    next.fresh = false;
    next.restartsInRow = 0;
    next.failingSince = NEVER;
    next.dueAt = now + state.probe().intervalMillis();
    return step(state, next);
  }

  private static Step onFailed(ReplicaState state, Copy next, ProbeResult result, long now) {
    boolean first = state.failingSince() == NEVER;
    next.failingSince = first ? now : state.failingSince();
    if (result.kind() == ProbeResult.Kind.NOT_READY && state.answeredAt() == NEVER) {
      next.answeredAt = now;
    }
    long failing = now - next.failingSince;
    String said = state.probe() + ": " + result.line();
    return state.fresh()
        ? onFailedStart(state, next, failing, said, now)
        : onFailedLater(state, next, failing, said, now);
  }

  private static Step onFailedStart(
      ReplicaState state, Copy next, long failing, String said, long now) {
    long limit = state.probe().initialDelayMillis();
    if (failing >= limit) {
      Phase phase = state.wasReady() ? Phase.FAILED_PROBING : Phase.FAILED_INITIAL_DELAY;
      String why = "not ready within " + seconds(limit) + " of the first failed probe; " + said;
      return ReplicaMachine.fail(next, phase, why, now);
    }
    next.phase = state.wasReady() ? Phase.NOT_READY : Phase.STARTING;
    next.reason = "waiting for " + said;
    long pause =
        next.answeredAt == NEVER
            ? Pace.refused(now - state.spawnedAt())
            : Pace.answered(now - next.answeredAt);
    next.dueAt = now + Math.min(pause, limit - failing);
    return step(state, next);
  }

  private static Step onFailedLater(
      ReplicaState state, Copy next, long failing, String said, long now) {
    long limit = state.probe().failureWindowMillis();
    if (failing > 0 && failing >= limit) {
      String why = "probes failed for " + seconds(failing) + "; " + said;
      return ReplicaMachine.fail(next, Phase.FAILED_PROBING, why, now);
    }
    next.phase = Phase.NOT_READY;
    next.reason = said;
    next.dueAt = now + Math.max(1, Math.min(state.probe().intervalMillis(), limit - failing));
    return step(state, next);
  }

  /// A report is sent at once when the phase changed; the line of the last probe goes with the next
  /// regular one.
  private static Step step(ReplicaState before, Copy next) {
    return new Step(
        next.done(),
        next.phase == before.phase() ? List.of() : List.of(new ReplicaAction.Report()));
  }

  private static String seconds(long millis) {
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis / 1000.0 + " s";
  }
}
