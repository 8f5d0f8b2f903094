package io.fleetserve.loadbalancer.admission;

import io.fleetserve.api.wire.ServiceRoute.HoldLimits;
import io.fleetserve.loadbalancer.admission.Admission.Verdict;
import io.fleetserve.loadbalancer.endpoint.HoldOrder;
import io.fleetserve.loadbalancer.endpoint.HoldOrder.Ticket;
import io.fleetserve.loadbalancer.endpoint.Route;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.lane.Timed;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Requests of one lane that wait for a replica. First come, first served for each client, and the
/// clients of a service by turns, over all lanes: a lane lets its requests go on while it is their
/// turn in the service's [HoldOrder], then hands over to the lane whose turn it is. Those that
/// pause after a failure let others pass, and are back at their old place when the pause ends. The
/// bounds hold over all lanes too, because the counts are the service's.
///
/// Confined to its lane.
public final class HoldQueue implements Timed {
  private final Lane lane;
  private final Turns turns;
  private final Map<Service, LinkedHashMap<Ticket, Waiter>> waiting = new HashMap<>();
  private final Set<Service> soon = new HashSet<>();

  /// What became of a request that was to wait.
  public sealed interface Entry {
    /// It waits.
    record Waiting(Ticket ticket) implements Entry {}

    /// It may not.
    ///
    /// @param retryAfterSeconds when to come again
    record Refused(Verdict why, int retryAfterSeconds) implements Entry {}
  }

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

  /// Lets a request wait, until [#remove].
  ///
  /// @param client hash of whom it is for
  /// @param bytes of its body so far
  public Entry add(Service service, Waiter waiter, long client, long bytes) {
    assert lane.isConfined();
    Route route = service.route();
    HoldLimits limits = route.rule().hold();
    int waiting = service.held().getAndIncrement();
    Admission admission = admission(service, route, waiting, client);
    long longest = route.rule().protection().busyWaitMillis() * 1_000_000;
    Verdict verdict = admission.judge(limits.maxRequests(), longest);
    if (verdict == Verdict.WAITS
        && service.heldBytes().addAndGet(bytes) > limits.maxBytes()
        && bytes > 0) {
      service.heldBytes().addAndGet(-bytes);
      verdict = Verdict.FULL;
    }
    if (verdict != Verdict.WAITS) {
      service.held().decrementAndGet();
      if (verdict != Verdict.FULL) {
        service.placeTimes().shed();
      }
      return new Entry.Refused(verdict, admission.retryAfterSeconds());
    }
    Ticket ticket = service.holdOrder().draw(lane.index(), client);
    waiting(service).put(ticket, waiter);
    if (System.nanoTime() - waiter.notBefore() >= 0) {
      service.holdOrder().enter(ticket);
    }
    return new Entry.Waiting(ticket);
  }

  private static Admission admission(Service service, Route route, int waiting, long client) {
    HoldOrder order = service.holdOrder();
    int ofClient = order.waiting(client);
    return new Admission(
        waiting,
        ofClient,
        order.clients() + (ofClient == 0 ? 1 : 0),
        service.isBusy() ? route.places() : 0,
        service.placeTimes().meanNanos());
  }

  private Map<Ticket, Waiter> waiting(Service service) {
    return waiting.computeIfAbsent(service, _ -> new LinkedHashMap<>());
  }

  /// Takes a request out.
  ///
  /// @param bytes of its body, all that was counted
  /// @param wentOn to a replica; else its client left, or it waited too long
  public void remove(Service service, Ticket ticket, long bytes, boolean wentOn) {
    assert lane.isConfined();
    LinkedHashMap<Ticket, Waiter> queue = waiting.get(service);
    if (queue == null || queue.remove(ticket) == null) {
      throw new IllegalStateException("not waiting");
    }
    service.holdOrder().ended(ticket, wentOn);
    service.held().decrementAndGet();
    service.heldBytes().addAndGet(-bytes);
    if (queue.isEmpty()) {
      waiting.remove(service);
    }
  }

  /// A place at a replica became free: lets requests go on when the current event is done with.
  public void soon(Service service) {
    assert lane.isConfined();
    if (soon.add(service)) {
      lane.loop()
          .execute(() -> {
            soon.remove(service);
            goOn(service);
          });
    }
  }

  /// Lets requests of a service go on in order until one finds no replica.
  ///
  /// @param changed the endpoints changed: a pause after a failure ends now
  public void resume(Service service, boolean changed) {
    assert lane.isConfined();
    LinkedHashMap<Ticket, Waiter> queue = waiting.get(service);
    if (queue == null) {
      return;
    }
    long now = System.nanoTime();
    queue.forEach((ticket, waiter) -> {
      if (changed || now - waiter.notBefore() >= 0) {
        service.holdOrder().enter(ticket);
      }
    });
    goOn(service);
  }

  /// Lets requests go on while it is the turn of this lane, then hands over.
  public void goOn(Service service) {
    assert lane.isConfined();
    HoldOrder order = service.holdOrder();
    Ticket turn = order.first();
    while (turn != null && turn.lane() == lane.index()) {
      LinkedHashMap<Ticket, Waiter> queue = waiting.get(service);
      Waiter waiter = queue == null ? null : queue.get(turn);
      if (waiter != null && !waiter.resume()) {
        return;
      }
      // It went on, or must not hold up those behind and tries again with the next tick.
      order.leave(turn);
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
    for (Map.Entry<Service, LinkedHashMap<Ticket, Waiter>> entry :
        List.copyOf(waiting.entrySet())) {
      for (Waiter waiter : List.copyOf(entry.getValue().values())) {
        if (now - waiter.deadline() >= 0) {
          waiter.expire();
        }
      }
      resume(entry.getKey(), false);
    }
  }
}
