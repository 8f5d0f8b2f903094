package io.fleetserve.examples.tinyllm;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The model, its slots and its counters: takes requests once the model is loaded. Thread-safe.
final class CompletionService {
  private final CompletableFuture<Engine> engine;
  private final Slots slots;
  private final InstantSource clock;
  private final ServerMetrics metrics = new ServerMetrics();
  private volatile boolean draining;

  CompletionService(CompletableFuture<Engine> engine, Slots slots, InstantSource clock) {
    this.engine = engine;
    this.slots = slots;
    this.clock = clock;
  }

  /// The model is loaded, and the end of the server has not begun.
  boolean ready() {
    return engine.isDone() && !engine.isCompletedExceptionally() && !draining;
  }

  boolean draining() {
    return draining;
  }

  /// Starts answering, now or when a slot is free.
  ///
  /// @return the job, for [#cancel]
  /// @throws ApiError 503 while loading, when too many wait, and while draining
  CompletionJob start(CompletionRequest request, ReplyWriter reply) {
    Engine loaded = loaded().orElseThrow(ApiError::loading);
    CompletionJob job = new CompletionJob(request, loaded, reply, metrics, clock);
    if (!slots.submit(job)) {
      throw ApiError.full(slots.waiting());
    }
    return job;
  }

  private Optional<Engine> loaded() {
    return engine.isCompletedExceptionally()
        ? Optional.empty()
        : Optional.ofNullable(engine.getNow(null));
  }

  /// The client left.
  void cancel(CompletionJob job) {
    job.cancel();
    slots.withdraw(job);
  }

  String metrics() {
    return metrics.render(slots.busy(), slots.waiting());
  }

  /// Answers what was accepted, takes nothing new.
  ///
  /// @return false when the limit passed before all was answered
  boolean drain(Duration limit) {
    draining = true;
    return slots.drain(limit);
  }
}
