package io.fleetserve.examples.tinyllm;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Runs at most as many jobs at once as the model has slots; more wait in order of arrival.
///
/// The threads are platform threads: a job blocks inside native code, where a virtual thread would
/// keep its carrier, and so at most as many jobs as cores would run. Thread-safe.
final class Slots {
  private final ThreadPoolExecutor threads;

  /// @param waiting jobs that may wait; one more is refused. A job waits until a slot takes it, so
  ///   a burst can fill the queue while slots are still free
  Slots(int slots, int waiting) {
    threads =
        new ThreadPoolExecutor(
            slots,
            slots,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(waiting),
            Thread.ofPlatform().name("slot-", 1).daemon().factory());
  }

  /// Runs the job when a slot is free.
  ///
  /// @return false when too many wait, or [#drain] was called
  boolean submit(Runnable job) {
    try {
      threads.execute(job);
      return true;
    } catch (RejectedExecutionException full) {
      return false;
    }
  }

  /// Takes back a job that still waits.
  void withdraw(Runnable job) {
    threads.remove(job);
  }

  /// Jobs running now.
  int busy() {
    return threads.getActiveCount();
  }

  /// Jobs waiting now.
  int waiting() {
    return threads.getQueue().size();
  }

  /// Takes no more jobs and waits until all are done, those that wait included.
  ///
  /// @return false when the limit passed before
  boolean drain(Duration limit) {
    threads.shutdown();
    try {
      return threads.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
