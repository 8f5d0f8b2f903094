package io.fleetserve.loadbalancer.endpoint;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Whose turn it is among the waiting requests of one service, over all event loops: each takes a
/// number when it begins to wait, and of those that may go on now the lowest number goes first.
///
/// Thread-safe, lock free.
public final class HoldOrder {
  private final AtomicLong next = new AtomicLong();
  private final ConcurrentSkipListMap<Long, Integer> ready = new ConcurrentSkipListMap<>();

  /// The lowest number.
  ///
  /// @param lane event loop on which its request waits
  public record Turn(long number, int lane) {}

  /// A number higher than all before.
  public long number() {
    return next.getAndIncrement();
  }

  /// The request with this number may go on when it is its turn.
  public void enter(long number, int lane) {
    ready.put(number, lane);
  }

  /// The request with this number holds nobody up any more.
  public void leave(long number) {
    ready.remove(number);
  }

  /// Whose turn it is; null if nobody may go on.
  public @Nullable Turn first() {
    Map.Entry<Long, Integer> lowest = ready.firstEntry();
    return lowest == null ? null : new Turn(lowest.getKey(), lowest.getValue());
  }
}
