package io.fleetserve.controller.stream;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// One subscriber's queue. Bounded: a subscriber that does not keep up is closed rather than waited
/// for, and connects again to be told the present state.
///
/// Thread-safe; meant for any number of publishers and one reader.
///
/// @param <T> what is told
public final class Subscription<T> implements AutoCloseable {
  private final BlockingQueue<T> queue;
  private final Runnable onClose;
  private volatile boolean closed;

  Subscription(int capacity, Runnable onClose) {
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.onClose = onClose;
  }

  /// Adds a message; one that does not fit closes the subscription.
  void offer(T message) {
    if (!closed && !queue.offer(message)) {
      close();
    }
  }

  /// Replaces whatever was not read yet: for states of which only the last counts.
  void offerLatest(T message) {
    while (!closed && !queue.offer(message)) {
      queue.poll();
    }
  }

  /// The next message; empty when none came within `limit` or the subscription is closed and read
  /// to its end.
  public Optional<T> next(Duration limit) throws InterruptedException {
    if (closed) {
      return Optional.ofNullable(queue.poll());
    }
    return Optional.ofNullable(queue.poll(limit.toMillis(), TimeUnit.MILLISECONDS));
  }

  /// True when nothing more will come, save what is queued.
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    onClose.run();
  }
}
