package io.fleetserve.loadbalancer.admission;

import io.fleetserve.api.wire.ServiceRoute.HoldLimits;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.lane.Timed;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// Requests of one lane that wait for a replica: first come, first served, per service. The bounds
/// hold over all lanes, because the counts are the service's. Confined to its lane.
public final class HoldQueue implements Timed {
  private final Lane lane;
  private final Map<Service, LinkedHashSet<Waiter>> waiting = new HashMap<>();

  public HoldQueue(Lane lane) {
    this.lane = lane;
  }

  /// Number of the lane.
  public int lane() {
    return lane.index();
  }

  /// Lets a request wait; false if the service's bounds are reached.
  ///
  /// @param bytes of its body so far
  public boolean add(Service service, Waiter waiter, long bytes) {
    assert lane.isConfined();
    HoldLimits limits = service.route().rule().hold();
    if (service.held().incrementAndGet() > limits.maxRequests()) {
      service.held().decrementAndGet();
      return false;
    }
    if (service.heldBytes().addAndGet(bytes) > limits.maxBytes() && bytes > 0) {
      service.heldBytes().addAndGet(-bytes);
      service.held().decrementAndGet();
      return false;
    }
    waiting.computeIfAbsent(service, key -> new LinkedHashSet<>()).add(waiter);
    return true;
  }

  /// Takes a request out: it goes on, or its client left.
  ///
  /// @param bytes of its body, all that was counted
  public void remove(Service service, Waiter waiter, long bytes) {
    assert lane.isConfined();
    LinkedHashSet<Waiter> queue = waiting.get(service);
    if (queue == null || !queue.remove(waiter)) {
      throw new IllegalStateException("not waiting");
    }
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
    LinkedHashSet<Waiter> queue = waiting.get(service);
    if (queue == null) {
      return;
    }
    long now = System.nanoTime();
    for (Waiter waiter : List.copyOf(queue)) {
      if (queue.contains(waiter)
          && (changed || now - waiter.notBefore() >= 0)
          && !waiter.resume()) {
        return;
      }
    }
  }

  /// Lets requests of all services go on.
  public void resumeAll(boolean changed) {
    List.copyOf(waiting.keySet()).forEach(service -> resume(service, changed));
  }

  /// Requests that wait on this lane.
  public int size() {
    return waiting.values().stream().mapToInt(LinkedHashSet::size).sum();
  }

  @Override
  public void onTick(long now) {
    for (Map.Entry<Service, LinkedHashSet<Waiter>> entry : List.copyOf(waiting.entrySet())) {
      for (Waiter waiter : List.copyOf(entry.getValue())) {
        if (now - waiter.deadline() >= 0) {
          waiter.expire();
        }
      }
      resume(entry.getKey(), false);
    }
  }
}
