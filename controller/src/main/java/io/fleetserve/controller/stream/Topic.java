package io.fleetserve.controller.stream;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/// A list of subscribers who are all told the same. Thread-safe.
///
/// @param <T> what is told
public final class Topic<T> {
  private final List<Subscription<T>> subscribers = new CopyOnWriteArrayList<>();
  private final int capacity;

  /// @param capacity messages a subscriber may be behind, > 0
  public Topic(int capacity) {
    this.capacity = capacity;
  }

  /// A new subscriber, told everything from now on. The caller closes it.
  public Subscription<T> subscribe() {
    AtomicReference<Subscription<T>> self = new AtomicReference<>();
    Subscription<T> fresh = new Subscription<>(capacity, () -> subscribers.remove(self.getPlain()));
    self.setPlain(fresh);
    subscribers.add(fresh);
    return fresh;
  }

  /// Tells all; one that is too far behind is dropped.
  public void publish(T message) {
    subscribers.forEach(subscriber -> subscriber.offer(message));
  }

  /// Tells all, in place of what they have not read yet.
  public void publishLatest(T message) {
    subscribers.forEach(subscriber -> subscriber.offerLatest(message));
  }

  /// Ends all subscriptions.
  public void close() {
    subscribers.forEach(Subscription::close);
  }

  public int size() {
    return subscribers.size();
  }
}
