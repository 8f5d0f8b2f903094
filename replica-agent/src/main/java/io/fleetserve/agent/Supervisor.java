package io.fleetserve.agent;

import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentReport;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Feeds what happens to [ReplicaMachine] and carries out its actions, one after the other, on the
/// thread that calls [#run]. [#post], [#report] and [#awaitEnd] may be called from any thread.
final class Supervisor {
  private static final long LAST_WORDS_MILLIS = 2_000;

  private final AgentBoot boot;
  private final BlockingQueue<ReplicaEvent> events = new LinkedBlockingQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  private volatile @Nullable ReplicaState state;
  private volatile int port;

  Supervisor(AgentBoot boot) {
    this.boot = boot;
  }

  void post(ReplicaEvent event) {
    events.add(event);
  }

  /// Wants the replica's end.
  void stop(String why) {
    ReplicaState now = state;
    post(
        new ReplicaEvent.StopAsked(
            now == null ? boot.task().graceMillis() : now.graceMillis(), why));
  }

  /// The replica's life, to its end. The first actions come before anything else is loaded: when
  /// there is nothing to prepare they spawn `run`.
  ///
  /// @param connect opens the links to controller and server; called once, then
  void run(Replica replica, Supplier<Links> connect) throws InterruptedException {
    try {
      carryOut(ReplicaMachine.begin(boot), replica, null);
      try (Links links = connect.get()) {
        boolean leaves = false;
        while (!leaves) {
          leaves = carryOut(ReplicaMachine.on(current(), await(), now()), replica, links);
        }
        links.flush(LAST_WORDS_MILLIS);
      }
    } finally {
      replica.kill(); // finds nothing, unless an error ended the life before its end
      replica.leave();
      ended.countDown();
    }
  }

  /// Waits until [#run] is over.
  void awaitEnd() {
    try {
      ended.await();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private ReplicaState current() {
    ReplicaState now = state;
    if (now == null) {
      throw new IllegalStateException("not begun");
    }
    return now;
  }

  private ReplicaEvent await() throws InterruptedException {
    long due = current().dueAt();
    ReplicaEvent event =
        due == ReplicaState.NEVER
            ? events.take()
            : events.poll(Math.max(0, due - now()), TimeUnit.MILLISECONDS);
    return event == null ? new ReplicaEvent.Due() : event;
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }

  /// Whether the agent leaves. Without links nothing is reported: they report when they open.
  private boolean carryOut(ReplicaMachine.Step step, Replica replica, @Nullable Links links) {
    state = step.state();
    boolean leaves = false;
    for (ReplicaAction action : step.actions()) {
      // Apart, because the first use of a pattern switch takes the JVM 20 ms: not before the spawn.
      if (action instanceof ReplicaAction.SpawnRun spawn) {
        replica.spawnRun(spawn.spawn());
      } else {
        leaves |= carryOut(action, replica, links);
      }
      port = replica.port();
    }
    return leaves;
  }

  private boolean carryOut(ReplicaAction action, Replica replica, @Nullable Links links) {
    switch (action) {
      case ReplicaAction.Prepare() -> replica.prepare();
      case ReplicaAction.RunSetup() -> replica.runSetup();
      case ReplicaAction.SpawnRun(var spawn) -> replica.spawnRun(spawn);
      case ReplicaAction.Terminate() -> replica.terminate();
      case ReplicaAction.Kill() -> replica.kill();
      case ReplicaAction.Look() -> post(new ReplicaEvent.Looked(replica.alive()));
      case ReplicaAction.Leave() -> {
        return true;
      }
      case ReplicaAction.Report() -> report(links);
      case ReplicaAction.SendProbe probe -> probe(links, probe);
    }
    return false;
  }

  private static void report(@Nullable Links links) {
    if (links != null) {
      links.report();
    }
  }

  private static void probe(@Nullable Links links, ReplicaAction.SendProbe probe) {
    if (links != null) {
      links.probe(probe);
    }
  }

  /// Where the server listens; 0 before that is decided.
  int port() {
    return port;
  }

  /// The present state as a report that lacks its number.
  LongFunction<AgentReport> report() {
    ReplicaState now = current();
    int known = port;
    return sequence ->
        new AgentReport(
            boot.service(),
            boot.replicaId(),
            boot.generation(),
            sequence,
            now.version(),
            now.phase(),
            known == 0 ? null : boot.task().host(),
            known,
            ProcessHandle.current().pid(),
            now.serverPid(),
            now.exitCode(),
            now.restarts(),
            now.reason(),
            now.lastProbe());
  }
}
