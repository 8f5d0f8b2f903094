package io.fleetserve.agent;

import static io.fleetserve.agent.ReplicaState.NEVER;

import io.fleetserve.agent.ReplicaState.Copy;
import io.fleetserve.agent.ReplicaState.Stage;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentCommand;
import io.fleetserve.api.wire.AgentReport.Phase;
import java.util.ArrayList;
import java.util.List;

/// The life of a replica: (state, event, now) -> (state, actions). Pure and total: any event may
/// come in any state, and what no longer matters is ignored.
///
///     PREPARING --> SETTING_UP --> STARTING --probe passed--> READY <--probes--> NOT_READY
///         |             |             |  ^                      |                   |
///         |             |             |  +--restart, backoff----+--run exited-------+
///         |             |             |                         |                   |
///         v             v             v                         v                   v
///       FAILED        FAILED    FAILED_INITIAL_DELAY          FAILED          FAILED_PROBING
///                               (or FAILED: run exited)
///
///     from anywhere, on command:  STOPPING --nothing lives any more--> STOPPED, the agent leaves
///
/// Every end, asked for or failed, goes the same way: SIGTERM, grace, SIGTERM, grace, SIGKILL until
/// nothing lives; it is shortened as soon as nothing lives. A failed replica's agent stays and
/// reports until it is told to stop.
final class ReplicaMachine {
  /// What is still alive that long after SIGKILL is not waited for: the kernel holds it.
  private static final long KILL_PATIENCE_MILLIS = 10_000;

  private static final ReplicaAction REPORT = new ReplicaAction.Report();

  private ReplicaMachine() {}

  /// A new state, and what to do about it.
  record Step(ReplicaState state, List<ReplicaAction> actions) {
    Step {
      actions = List.copyOf(actions);
    }
  }

  /// The first step: prepare, or skip to `setup` or `run` where there is nothing to prepare.
  static Step begin(AgentBoot boot) {
    AgentBoot.ReplicaTask task = boot.task();
    boolean prepare = task.workdir() != null || !task.fileMounts().isEmpty();
    boolean setup = task.setup() != null && !task.setup().isBlank();
    ReplicaState state =
        new ReplicaState(
            Stage.PREPARING,
            Phase.PREPARING,
            "copying workdir and file mounts",
            boot.version(),
            boot.probe(),
            task.restart(),
            setup,
            0,
            0,
            null,
            0,
            0,
            false,
            true,
            0,
            NEVER,
            NEVER,
            false,
            null,
            task.graceMillis(),
            0,
            false,
            NEVER);
    return prepare
        ? new Step(state, List.of(new ReplicaAction.Prepare(), REPORT))
        : afterPreparing(state);
  }

  static Step on(ReplicaState state, ReplicaEvent event, long now) {
    return switch (event) {
      case ReplicaEvent.Prepared() when state.stage() == Stage.PREPARING -> afterPreparing(state);
      case ReplicaEvent.PrepareFailed(var why) when state.stage() == Stage.PREPARING ->
          fail(state.copy(), Phase.FAILED, why, now);
      case ReplicaEvent.SetupEnded(var exit) -> onSetupEnded(state, exit, now);
      case ReplicaEvent.Spawned(var pid) -> onSpawned(state, pid, now);
      case ReplicaEvent.SpawnFailed(var why) when !state.ending() ->
          fail(state.copy(), Phase.FAILED, why, now);
      case ReplicaEvent.Exited(var spawn, var exit) when spawn == state.spawn() ->
          onExited(state, exit, now);
      case ReplicaEvent.Probed(var spawn, var result) when spawn == state.spawn() ->
          ProbeRules.onProbed(state, result, now);
      case ReplicaEvent.Looked(var pids) when state.ending() -> onLooked(state, pids, now);
      case ReplicaEvent.Configured(var command) -> onConfigured(state, command, now);
      case ReplicaEvent.StopAsked(var grace, var why) -> onStop(state, grace, why, now);
      case ReplicaEvent.Due() when now >= state.dueAt() -> onDue(state);
      case ReplicaEvent.Prepared(),
          ReplicaEvent.PrepareFailed(_),
          ReplicaEvent.SpawnFailed(_),
          ReplicaEvent.Exited(_, _),
          ReplicaEvent.Probed(_, _),
          ReplicaEvent.Looked(_),
          ReplicaEvent.Due() ->
          new Step(state, List.of());
    };
  }

  private static Step afterPreparing(ReplicaState state) {
    Copy next = state.copy();
    if (state.hasSetup()) {
      next.stage = Stage.SETTING_UP;
      next.phase = Phase.SETTING_UP;
      next.reason = "setup runs";
      return new Step(next.done(), List.of(new ReplicaAction.RunSetup(), REPORT));
    }
    return spawn(next);
  }

  private static Step spawn(Copy next) {
    next.stage = Stage.RUNNING;
    if (!next.wasReady) {
      next.phase = Phase.STARTING;
      next.reason = "starting run";
    }
    next.spawn++;
    next.fresh = true;
    next.answeredAt = NEVER;
    next.probing = false;
    next.dueAt = NEVER;
    return new Step(next.done(), List.of(new ReplicaAction.SpawnRun(next.spawn), REPORT));
  }

  private static Step onSetupEnded(ReplicaState state, ServerExit exit, long now) {
    Copy next = state.copy();
    next.exitCode = exit.code();
    if (state.ending()) {
      return new Step(next.done(), List.of(new ReplicaAction.Look()));
    }
    return exit.code() == 0 ? spawn(next) : fail(next, Phase.FAILED, exit.describe("setup"), now);
  }

  private static Step onSpawned(ReplicaState state, long pid, long now) {
    Copy next = state.copy();
    next.serverPid = pid;
    next.spawnedAt = now;
    if (state.ending()) {
      return new Step(next.done(), List.of(new ReplicaAction.Terminate()));
    }
    next.reason = "run was started; waiting for " + state.probe() + " to succeed";
    next.dueAt = now + Pace.refused(0);
    return new Step(next.done(), List.of(REPORT));
  }

  private static Step onExited(ReplicaState state, ServerExit exit, long now) {
    Copy next = state.copy();
    next.serverPid = 0;
    next.exitCode = exit.code();
    if (state.ending()) {
      return new Step(next.done(), List.of(new ReplicaAction.Look(), REPORT));
    }
    String why = exit.describe("run");
    if (!mayRestart(state, exit.code())) {
      String times =
          state.restartsInRow() == 0
              ? ""
              : " (after " + state.restartsInRow() + " restarts in a row)";
      return fail(next, Phase.FAILED, why + times, now);
    }
    next.stage = Stage.BACKING_OFF;
    next.phase = state.wasReady() ? Phase.NOT_READY : Phase.STARTING;
    next.restarts++;
    next.restartsInRow++;
    next.reason =
        "restart " + next.restartsInRow + " of " + state.restart().maxRestarts() + ": " + why;
    next.failingSince = state.fresh() ? state.failingSince() : NEVER;
    next.dueAt = now + Pace.restart(next.restartsInRow);
    return new Step(next.done(), List.of(new ReplicaAction.Kill(), REPORT));
  }

  private static boolean mayRestart(ReplicaState state, int exitCode) {
    if (state.restartsInRow() >= state.restart().maxRestarts()) {
      return false;
    }
    return switch (state.restart().policy()) {
      case "always" -> true;
      case "on_failure" -> exitCode != 0;
      default -> false;
    };
  }

  private static Step onConfigured(ReplicaState state, AgentCommand.Configure command, long now) {
    Copy next = state.copy();
    next.version = command.version();
    next.probe = command.probe();
    next.restart = command.restart();
    boolean other = !command.probe().equals(state.probe());
    if (other && state.stage() == Stage.RUNNING && !state.probing() && state.serverPid() != 0) {
      next.dueAt = now;
    }
    return new Step(next.done(), List.of(REPORT));
  }

  private static Step onStop(ReplicaState state, long graceMillis, String why, long now) {
    if (state.leaving()) {
      return new Step(state, List.of());
    }
    Copy next = state.copy();
    next.leaving = true;
    next.phase = Phase.STOPPING;
    next.reason = why;
    next.graceMillis = graceMillis;
    if (!state.ending()) {
      return terminate(next, now);
    }
    next.dueAt = Math.min(state.dueAt(), now);
    return new Step(next.done(), List.of(REPORT));
  }

  /// The replica failed: what runs of it is ended.
  static Step fail(Copy next, Phase phase, String why, long now) {
    next.phase = phase;
    next.reason = why;
    return terminate(next, now);
  }

  private static Step terminate(Copy next, long now) {
    next.stage = Stage.TERMINATING;
    next.probing = false;
    next.signalledAt = now;
    next.dueAt = now + Pace.look(0);
    return new Step(next.done(), List.of(REPORT, new ReplicaAction.Terminate()));
  }

  private static Step onDue(ReplicaState state) {
    Copy next = state.copy();
    next.dueAt = NEVER;
    return switch (state.stage()) {
      case PREPARING, SETTING_UP -> new Step(next.done(), List.of());
      case BACKING_OFF -> spawn(next);
      case RUNNING -> {
        next.probing = true;
        yield new Step(
            next.done(), List.of(new ReplicaAction.SendProbe(state.spawn(), state.probe())));
      }
      case TERMINATING, TERMINATING_AGAIN, KILLING, OVER ->
          new Step(next.done(), List.of(new ReplicaAction.Look()));
    };
  }

  private static Step onLooked(ReplicaState state, String pids, long now) {
    Copy next = state.copy();
    boolean heldByKernel =
        state.stage() == Stage.KILLING && now - state.signalledAt() > KILL_PATIENCE_MILLIS;
    if (pids.isEmpty() && state.serverPid() != 0) {
      next.dueAt = now + Pace.look(0); // dead, but its exit was not yet told
      return new Step(next.done(), List.of());
    }
    if (pids.isEmpty() || heldByKernel) {
      return over(next, pids);
    }
    if (state.stage() == Stage.OVER) {
      return new Step(terminate(next, now).state(), List.of(new ReplicaAction.Terminate()));
    }
    List<ReplicaAction> actions = new ArrayList<>();
    if (state.stage() == Stage.KILLING) {
      actions.add(new ReplicaAction.Kill());
    } else if (now - state.signalledAt() >= state.graceMillis()) {
      boolean again = state.stage() == Stage.TERMINATING;
      next.stage = again ? Stage.TERMINATING_AGAIN : Stage.KILLING;
      next.signalledAt = now;
      actions.add(again ? new ReplicaAction.Terminate() : new ReplicaAction.Kill());
    }
    next.dueAt = now + Pace.look(now - next.signalledAt);
    return new Step(next.done(), actions);
  }

  private static Step over(Copy next, String pids) {
    next.stage = Stage.OVER;
    next.serverPid = 0;
    next.dueAt = NEVER;
    if (!next.leaving) {
      return new Step(next.done(), List.of(REPORT));
    }
    next.phase = Phase.STOPPED;
    next.reason = pids.isEmpty() ? next.reason : "SIGKILL did not end: " + pids;
    return new Step(next.done(), List.of(REPORT, new ReplicaAction.Leave()));
  }
}
