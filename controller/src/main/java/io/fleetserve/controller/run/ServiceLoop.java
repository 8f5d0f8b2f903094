package io.fleetserve.controller.run;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.wire.EventView;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.reconcile.Action;
import io.fleetserve.controller.reconcile.Routes;
import io.fleetserve.controller.reconcile.ServicePlan;
import io.fleetserve.controller.reconcile.ServicePlanner;
import io.fleetserve.controller.reconcile.ServiceState;
import io.fleetserve.controller.replica.ReplicaSignal;
import io.fleetserve.controller.rollout.Versions;
import io.fleetserve.controller.store.StoreException;
import io.fleetserve.controller.store.StoredService;
import io.fleetserve.provider.ProviderError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One service, on one virtual thread: takes in messages, then makes one step.
///
/// ```
///   messages -> scale -> mix -> (plan -> actions)* -> route -> store -> provider calls -> view
/// ```
///
/// The step is level-triggered: what was learnt only changes rows, and the plan is made from all of
/// them. The route goes out before the rows are stored, since nothing is lost when a crash makes it
/// go out again; a call that makes something goes out after. While the store cannot write, the loop
/// goes on with what it knows, makes nothing new, and tries again each second.
///
/// The state is confined to the loop's thread; the public methods may be called from any.
final class ServiceLoop {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceLoop.class);
  private static final int MAX_ROUNDS = 16;
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration NOTES_AFTER = Duration.ofSeconds(30);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final LoopContext context;
  private final ServiceLedger ledger;
  private final ActionRunner actions;
  private final ScalingStep scaling;
  private final MixingStep mixing;
  private final DrainWatch drains;
  private final AgentWatch watch;
  private final EndInquiry ends;
  private final PlacementDesk desk;
  private final boolean readable;
  private final ServiceBoard board;
  private final Consumer<ServiceLoop> onEnd;
  private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();

  private Optional<ServiceRoute> route = Optional.empty();
  private @Nullable Instant wakeAt;
  private @Nullable Instant storeAgainAt;
  private Instant storedAt;
  private volatile boolean over;

  /// @param onEnd told, on the loop, when the service is over
  ServiceLoop(
      LoopContext context, StoredService stored, PlacementDesk desk, Consumer<ServiceLoop> onEnd) {
    this.context = context;
    this.desk = desk;
    this.onEnd = onEnd;
    this.readable = stored.unreadable().isEmpty();
    this.ledger = new ServiceLedger(stored);
    OfferStep offers = new OfferStep(desk, context.threads(), this::post);
    this.actions = new ActionRunner(context, ledger, desk, offers, this::post);
    this.scaling =
        new ScalingStep(
            ledger,
            new QueryStep(context.prometheus(), context.threads(), this::post),
            context.clock());
    this.mixing = new MixingStep(ledger, desk, offers);
    this.drains = new DrainWatch(ledger, context.reports());
    Instant now = context.clock().instant();
    this.watch = new AgentWatch(ledger, actions, now);
    this.ends = new EndInquiry(ledger, actions);
    this.storedAt = now;
    recover(now);
    this.route = Routes.of(state(), now);
    this.board =
        new ServiceBoard(
            context.config().loadBalancer(),
            stored.unreadable(),
            state(),
            route,
            scaling.load(),
            now);
  }

  /// Rows of a former process: its calls are cut off, its agents are told what to do again.
  private void recover(Instant now) {
    for (Replica replica : ledger.outstanding()) {
      ledger.signal(
          replica.key(),
          new ReplicaSignal.OutcomeUnknown(
              new ProviderError(
                  ProviderError.Category.OUTCOME_UNKNOWN,
                  null,
                  null,
                  "the controller ended during the call")),
          now);
    }
    for (Replica replica : ledger.replicas()) {
      ledger
          .version(replica.version())
          .ifPresent(version -> actions.configure(replica.key(), version));
      if (replica.status().isEnding() && replica.cleanup().stopSentAt() != null) {
        actions.run(new Action.Stop(replica.key(), replica.reason()), now);
      }
    }
  }

  void start() {
    route.ifPresent(context.endpoints()::publish);
    Thread.ofVirtual().name("service-" + ledger.name()).start(this::run);
  }

  String name() {
    return ledger.name();
  }

  /// What people see of the service; from any thread.
  ServiceBoard board() {
    return board;
  }

  /// Runs a message on the loop; dropped when the service is over.
  void post(Runnable message) {
    inbox.add(message);
  }

  /// Runs `work` on the loop, makes a step, and gives the result.
  <T> T call(Callable<T> work) throws InterruptedException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    post(() -> {
      try {
        T result = work.call();
        step();
        answer.complete(result);
      } catch (Exception e) {
        answer.completeExceptionally(e);
      }
    });
    try {
      return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("service " + ledger.name(), e.getCause());
    } catch (TimeoutException e) {
      throw Problems.storeFailed("service " + ledger.name() + " is busy; repeat the command");
    }
  }

  /// The rows; for messages on the loop.
  ServiceLedger ledger() {
    return ledger;
  }

  ActionRunner actions() {
    return actions;
  }

  ScalingStep scaling() {
    return scaling;
  }

  AgentWatch watch() {
    return watch;
  }

  EndInquiry ends() {
    return ends;
  }

  /// Ends the thread and leaves everything as it is.
  void stop() {
    over = true;
    board.close();
    post(() -> {});
  }

  private void run() {
    try {
      while (!over) {
        takeMessages();
        if (!over) {
          step();
        }
      }
    } catch (RuntimeException bug) {
      LOG.atError().addKeyValue(LogKeys.SERVICE, name()).setCause(bug).log("service loop ended");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeMessages() throws InterruptedException {
    Runnable message = inbox.poll(waitMillis(), TimeUnit.MILLISECONDS);
    while (message != null && !over) {
      try {
        message.run();
      } catch (RuntimeException bug) {
        LOG.atError().addKeyValue(LogKeys.SERVICE, name()).setCause(bug).log("message failed");
      }
      message = inbox.poll();
    }
  }

  private long waitMillis() {
    Instant now = context.clock().instant();
    Instant next = watch.nextAt();
    for (Instant at :
        new @Nullable Instant[] {
          wakeAt, storeAgainAt, scaling.nextAt(), mixing.nextAt(), actions.askAgainAt().orElse(null)
        }) {
      if (at != null && at.isBefore(next)) {
        next = at;
      }
    }
    return Math.clamp(Duration.between(now, next).toMillis() + 1, 1, 60_000);
  }

  private void step() {
    long began = System.nanoTime();
    Instant now = context.clock().instant();
    try {
      if (readable || ledger.service().ending()) {
        scaling.run(now);
        mixing.run(now);
        watch.check(now);
        if (!mixing.awaitsOffers()) {
          reconcile(now);
        }
      }
      publishRoute(now);
      store(now);
      publishView(now);
    } catch (RuntimeException bug) {
      wakeAt = now.plus(RETRY);
      LOG.atError().addKeyValue(LogKeys.SERVICE, name()).setCause(bug).log("step failed");
    }
    context.metrics().reconciled(Duration.ofNanos(System.nanoTime() - began));
  }

  private void reconcile(Instant now) {
    boolean changed = true;
    for (int round = 0; changed && round < MAX_ROUNDS; round++) {
      ServicePlan plan = ServicePlanner.plan(state(), now);
      changed = false;
      for (Action action : plan.actions()) {
        changed |= actions.run(action, now);
      }
      wakeAt = plan.wake().orElse(null);
    }
    if (changed) {
      wakeAt = now.plus(RETRY);
      LOG.atWarn().addKeyValue(LogKeys.SERVICE, name()).log("plan does not settle");
    }
  }

  private ServiceState state() {
    return new ServiceState(
        ledger.service(),
        ledger.versions(),
        ledger.replicas(),
        scaling.load().inFlightByReplica(),
        drains.drained(context.clock().instant()),
        Versions.desired(ledger.versions())
            .filter(version -> desk.sharedHost(version.spec()))
            .isPresent(),
        context.config().history().failedReplicas(),
        mixing.target());
  }

  private void publishRoute(Instant now) {
    route = Routes.of(state(), now);
    if (route.isEmpty() || actions.ended()) {
      return;
    }
    drains.published(context.endpoints().publish(route.get()));
  }

  private void store(Instant now) {
    if (storeAgainAt != null && now.isBefore(storeAgainAt)) {
      return;
    }
    if (ledger.hasNotes()
        && (!ledger.changes().isEmpty() || now.isAfter(storedAt.plus(NOTES_AFTER)))) {
      ledger.flushNotes();
    }
    if (ledger.changes().isEmpty()) {
      return;
    }
    try {
      List<EventView> events = context.store().commit(ledger.changes());
      ledger.changes().clear();
      storedAt = now;
      context.metrics().stored(true);
      if (storeAgainAt != null) {
        storeAgainAt = null;
        LOG.atInfo().addKeyValue(LogKeys.SERVICE, name()).log("store works again");
      }
      events.forEach(context.events()::publish);
      actions.intentsStored();
      if (actions.ended()) {
        end();
      }
    } catch (StoreException e) {
      context.metrics().stored(false);
      if (storeAgainAt == null) {
        LOG.atWarn()
            .addKeyValue(LogKeys.SERVICE, name())
            .addKeyValue(LogKeys.REASON, e.getMessage())
            .log("store failed, trying again");
      }
      storeAgainAt = now.plus(RETRY);
    }
  }

  private void end() {
    over = true;
    context.endpoints().remove(name());
    context.logs().deleteAll(name());
    onEnd.accept(this);
    board.gone();
  }

  /// A load balancer knows the service; `error` says why its port is not open, empty when it is.
  void knownToBalancer(String error, Instant now) {
    board.knownToBalancer(error).ifPresent(news -> ledger.event(news, now));
  }

  private void publishView(Instant now) {
    if (over) {
      return;
    }
    board
        .show(state(), route, scaling.load(), now)
        .ifPresent(news -> {
          ledger.event(news, now);
          store(now);
        });
  }
}
