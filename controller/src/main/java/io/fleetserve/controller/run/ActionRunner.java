package io.fleetserve.controller.run;

import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.api.wire.AgentCommand;
import io.fleetserve.api.wire.EventView.Severity;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.reconcile.Action;
import io.fleetserve.controller.replica.ReplicaSignal;
import io.fleetserve.controller.store.Attempt;
import io.fleetserve.provider.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Carries out the actions of a plan. Rows are changed at once; provider calls run on threads of
/// their own and come back as messages to the loop. A call that makes something waits until its
/// intent is stored ([#intentsStored]); one that ends something does not, since repeating it does
/// no harm. Confined to the service's loop.
final class ActionRunner {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

  private final LoopContext context;
  private final ServiceLedger ledger;
  private final Launcher launcher;
  private final ProviderCalls calls;
  private final Consumer<Runnable> loop;
  private final Set<ReplicaKey> busy = new HashSet<>();
  private final Map<ReplicaKey, Instant> notBefore = new HashMap<>();
  private final Instant startedAt;
  private boolean ended;

  /// @param loop runs a message on the service's loop
  ActionRunner(
      LoopContext context,
      ServiceLedger ledger,
      PlacementDesk desk,
      OfferStep offers,
      Consumer<Runnable> loop) {
    this.context = context;
    this.ledger = ledger;
    this.loop = loop;
    this.startedAt = context.clock().instant();
    this.calls =
        new ProviderCalls(context.providers(), context.boots().installationId(), context.clock());
    this.launcher = new Launcher(context, ledger, desk, calls, offers, loop);
  }

  /// Does one action.
  ///
  /// @return false when nothing changed, so that planning again would give the same
  boolean run(Action action, Instant now) {
    return switch (action) {
      case Action.Launch launch -> launcher.launch(launch, now);
      case Action.Drain drain ->
          signal(drain.key(), new ReplicaSignal.DrainWanted(drain.reason(), drain.surplus()), now);
      case Action.Recall recall ->
          signal(recall.key(), new ReplicaSignal.Recalled(recall.reason()), now);
      case Action.Stop stop -> stop(stop, now);
      case Action.Terminate terminate -> terminate(terminate.key(), now);
      case Action.Inspect inspect -> inspect(inspect.key(), now);
      case Action.GiveUp giveUp ->
          signal(giveUp.key(), new ReplicaSignal.GivenUp(giveUp.reason()), now);
      case Action.Forget forget -> forget(forget.key());
      case Action.Relabel relabel -> relabel(relabel, now);
      case Action.MarkVersionReady ready -> version(ready.version(), ServiceVersion::withEverReady);
      case Action.SetVersionStatus status -> versionStatus(status, now);
      case Action.EndService end -> end(end, now);
    };
  }

  /// True when the plan ended the service.
  boolean ended() {
    return ended;
  }

  /// Everything planned so far is in the store.
  void intentsStored() {
    launcher.intentsStored();
  }

  private boolean signal(ReplicaKey key, ReplicaSignal signal, Instant now) {
    Optional<Replica> before = ledger.replica(key);
    ledger.signal(key, signal, now);
    return !before.equals(ledger.replica(key));
  }

  private boolean stop(Action.Stop stop, Instant now) {
    Duration grace =
        ledger
            .replica(stop.key())
            .flatMap(replica -> ledger.version(replica.version()))
            .map(version -> version.spec().service().drain().grace())
            .orElse(Duration.ofSeconds(10));
    boolean drained = signal(stop.key(), new ReplicaSignal.Drained(stop.reason()), now);
    context.agents().stop(stop.key(), new AgentCommand.Stop(grace.toMillis()));
    return signal(stop.key(), new ReplicaSignal.StopSent(), now) || drained;
  }

  private boolean terminate(ReplicaKey key, Instant now) {
    Optional<Replica> replica = ledger.replica(key);
    if (replica.isEmpty() || isBusy(key, now)) {
      return false;
    }
    ledger.signal(key, new ReplicaSignal.TerminateSent(), now);
    Instant until = calledUntil(replica.get());
    call(
        key,
        () -> {
          context.boots().revoke(replica.get().attemptId());
          return calls.terminate(replica.get(), until);
        },
        signal -> {
          if (signal instanceof ReplicaSignal.Terminated) {
            ledger.attempt(replica.get(), Attempt.State.ENDED, null, "", context.clock().instant());
          }
        });
    return true;
  }

  /// Asks the provider about a replica, unless it is being asked something already.
  boolean inspect(ReplicaKey key, Instant now) {
    Optional<Replica> replica = ledger.replica(key);
    if (replica.isEmpty() || isBusy(key, now)) {
      return false;
    }
    Instant until = calledUntil(replica.get());
    call(key, () -> inspected(replica.get(), until), signal -> {});
    return true;
  }

  /// Asks the provider about a replica, whatever else it is being asked.
  ///
  /// @param then what it said, empty when it gave no answer; on the loop
  void ask(Replica replica, BiConsumer<Optional<ReplicaSignal>, Instant> then) {
    Instant until = calledUntil(replica);
    context
        .threads()
        .execute(() -> {
          Optional<ReplicaSignal> answer = calls.inspect(replica, until);
          loop.accept(() -> then.accept(answer, context.clock().instant()));
        });
  }

  /// When the create call of a replica was over at the latest: what it made may turn up for a while
  /// from then on, not from when it was asked.
  private Instant calledUntil(Replica replica) {
    return replica.outcomeUnknown()
        ? ledger.unknownSince(replica.key()).orElse(startedAt)
        : replica.launchedAt().plus(Launcher.CREATE_DEADLINE);
  }

  private Optional<ReplicaSignal> inspected(Replica replica, Instant until) {
    Optional<ReplicaSignal> answer = calls.inspect(replica, until);
    if (answer.orElse(null) instanceof ReplicaSignal.InstanceSeen(Instance instance)
        && instance.state() == Instance.State.PENDING) {
      context.boots().extend(instance.attemptId());
    }
    return answer;
  }

  private boolean isBusy(ReplicaKey key, Instant now) {
    return busy.contains(key) || notBefore.getOrDefault(key, Instant.MIN).isAfter(now);
  }

  private void call(
      ReplicaKey key,
      java.util.function.Supplier<Optional<ReplicaSignal>> question,
      Consumer<ReplicaSignal> also) {
    busy.add(key);
    context
        .threads()
        .execute(() -> {
          Optional<ReplicaSignal> answer = question.get();
          loop.accept(() -> {
            Instant now = context.clock().instant();
            busy.remove(key);
            notBefore.remove(key);
            if (answer.isEmpty()) {
              notBefore.put(key, now.plus(ASK_AGAIN));
            }
            answer.ifPresent(signal -> {
              also.accept(signal);
              ledger.signal(key, signal, now);
            });
          });
        });
  }

  /// When a question that could not be answered may be asked again; empty when there is none.
  Optional<Instant> askAgainAt() {
    return notBefore.values().stream().min(Instant::compareTo);
  }

  private boolean forget(ReplicaKey key) {
    ledger.forget(key);
    notBefore.remove(key);
    context.agents().forget(key);
    context.logs().delete(key);
    return true;
  }

  private boolean relabel(Action.Relabel relabel, Instant now) {
    ledger.version(relabel.version()).ifPresent(version -> configure(relabel.key(), version));
    return signal(relabel.key(), new ReplicaSignal.Relabelled(relabel.version()), now);
  }

  /// Tells the replica's agent, now or when it connects, what settings to use.
  void configure(ReplicaKey key, ServiceVersion version) {
    context.agents().configure(key, context.boots().configure(version));
  }

  private boolean version(int number, java.util.function.UnaryOperator<ServiceVersion> change) {
    Optional<ServiceVersion> before = ledger.version(number);
    if (before.isEmpty()) {
      return false;
    }
    ServiceVersion after = change.apply(before.get());
    ledger.put(after);
    return !after.equals(before.get());
  }

  private boolean versionStatus(Action.SetVersionStatus set, Instant now) {
    boolean changed =
        version(set.version(), version -> version.withStatus(set.status(), set.reason()));
    if (changed && set.status() == VersionStatus.ACTIVE) {
      ledger.event(EventDraft.info(EventType.VERSION_ACTIVE, set.version(), set.reason()), now);
    }
    if (changed && set.status() == VersionStatus.FAILED) {
      ledger.event(
          new EventDraft(EventType.VERSION_FAILED, Severity.ERROR, set.version(), 0, set.reason()),
          now);
    }
    return changed;
  }

  private boolean end(Action.EndService end, Instant now) {
    if (ended) {
      return false;
    }
    ended = true;
    ledger.event(EventDraft.info(EventType.SERVICE_ENDED, 0, end.reason()), now);
    ledger.changes().end();
    return true;
  }
}
