package io.fleetserve.loadbalancer.admission;

import io.fleetserve.api.wire.ServiceRoute.HoldLimits;
import io.fleetserve.loadbalancer.endpoint.HoldOrder;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.lane.Timed;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Requests of one lane that wait for a replica. First come, first served, per service and over all
/// lanes: a lane lets its requests go on while it is their turn in the service's [HoldOrder], then
/// hands over to the lane whose turn it is. Those that pause after a failure let others pass, and
/// are back at their old place when the pause ends. The bounds hold over all lanes too, because the
/// counts are the service's.
///
/// Confined to its lane.
public final class HoldQueue implements Timed {
  /// Number of a request that may not wait.
  public static final long REFUSED = -1;

  private final Lane lane;
  private final Turns turns;
  private final Map<Service, LinkedHashMap<Long, Waiter>> waiting = new HashMap<>();

  /// The way to the queues of other lanes.
  @FunctionalInterface
  public interface Turns {
    /// Has [#goOn] called soon on lane `lane`. Returns at once.
    void handOver(Service service, int lane);
  }

  public HoldQueue(Lane lane, Turns turns) {
    this.lane = lane;
    this.turns = turns;
  }

  /// Number of the lane.
  public int lane() {
    return lane.index();
  }

  /// Lets a request wait; returns its number for [#remove], or [#REFUSED] if the service's bounds
  /// are reached.
  ///
  /// @param bytes of its body so far
  public long add(Service service, Waiter waiter, long bytes) {
    assert lane.isConfined();
    HoldLimits limits = service.route().rule().hold();
    if (service.held().incrementAndGet() > limits.maxRequests()) {
      service.held().decrementAndGet();
      return REFUSED;
    }
    if (service.heldBytes().addAndGet(bytes) > limits.maxBytes() && bytes > 0) {
      service.heldBytes().addAndGet(-bytes);
      service.held().decrementAndGet();
      return REFUSED;
    }
    long number = service.holdOrder().number();
    waiting.computeIfAbsent(service, key -> new LinkedHashMap<>()).put(number, waiter);
    if (System.nanoTime() - waiter.notBefore() >= 0) {
      service.holdOrder().enter(number, lane.index());
    }
    return number;
  }

  /// Takes a request out: it goes on, or its client left.
  ///
  /// @param bytes of its body, all that was counted
  public void remove(Service service, long number, long bytes) {
    assert lane.isConfined();
    LinkedHashMap<Long, Waiter> queue = waiting.get(service);
    if (queue == null || queue.remove(number) == null) {
      throw new IllegalStateException("not waiting");
    }
    service.holdOrder().leave(number);
    service.held().decrementAndGet();
    service.heldBytes().addAndGet(-bytes);
    if (queue.isEmpty()) {
      waiting.remove(service);
    }
  }

  /// Lets requests of a service go on in order until one finds no replica.
  ///
  /// @param changed the endpoints changed: a pause after a failure ends now
  public void resume(Service service, boolean changed) {
    assert lane.isConfined();
    LinkedHashMap<Long, Waiter> queue = waiting.get(service);
    if (queue == null) {
      return;
    }
    long now = System.nanoTime();
    queue.forEach((number, waiter) -> {
      if (changed || now - waiter.notBefore() >= 0) {
        service.holdOrder().enter(number, lane.index());
      }
    });
    goOn(service);
  }

  /// Lets requests go on while it is the turn of this lane, then hands over.
  public void goOn(Service service) {
    assert lane.isConfined();
    HoldOrder order = service.holdOrder();
    HoldOrder.Turn turn = order.first();
    while (turn != null && turn.lane() == lane.index()) {
      LinkedHashMap<Long, Waiter> queue = waiting.get(service);
      Waiter waiter = queue == null ? null : queue.get(turn.number());
      if (waiter != null && !waiter.resume()) {
        return;
      }
      // It went on, or must not hold up those behind and tries again with the next tick.
      order.leave(turn.number());
      turn = order.first();
    }
    if (turn != null) {
      turns.handOver(service, turn.lane());
    }
  }

  /// Lets requests of all services go on.
  public void resumeAll(boolean changed) {
    List.copyOf(waiting.keySet()).forEach(service -> resume(service, changed));
  }

  /// Requests that wait on this lane.
  public int size() {
    return waiting.values().stream().mapToInt(LinkedHashMap::size).sum();
  }

  @Override
  public void onTick(long now) {
    for (Map.Entry<Service, LinkedHashMap<Long, Waiter>> entry : List.copyOf(waiting.entrySet())) {
      for (Waiter waiter : List.copyOf(entry.getValue().values())) {
        if (now - waiter.deadline() >= 0) {
          waiter.expire();
        }
      }
      resume(entry.getKey(), false);
    }
  }
}
