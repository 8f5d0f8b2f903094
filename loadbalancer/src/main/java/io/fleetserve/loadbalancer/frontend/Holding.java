package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.admission.HoldQueue;
import io.fleetserve.loadbalancer.admission.Waiter;
import io.fleetserve.loadbalancer.endpoint.Service;
import java.util.function.BooleanSupplier;

/// The waiting of one request: since when, with how many bytes, until when. Confined to its lane.
final class Holding implements Waiter {
  private static final long FIRST_PAUSE = 50_000_000;
  private static final long LONGEST_PAUSE = 1_000_000_000;

  private final HoldQueue queue;
  private final Service service;
  private final ExchangeLog log;
  private final BooleanSupplier resume;
  private final Runnable expire;
  private int holds;
  private long since;
  private long bytes;
  private long notBefore;
  private boolean held;
  private long number;

  /// @param resume see [Waiter#resume]
  /// @param expire see [Waiter#expire]
  Holding(
      HoldQueue queue, Service service, ExchangeLog log, BooleanSupplier resume, Runnable expire) {
    this.queue = queue;
    this.service = service;
    this.log = log;
    this.resume = resume;
    this.expire = expire;
  }

  boolean isHeld() {
    return held;
  }

  /// Begins; false if the service's bounds are reached.
  ///
  /// @param buffered bytes of the body so far
  /// @param pause an attempt failed: wait a little, longer each time, before the next
  boolean begin(long buffered, boolean pause) {
    since = System.nanoTime();
    notBefore = pause ? since + Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(10, holds)) : since;
    number = queue.add(service, this, buffered);
    if (number == HoldQueue.REFUSED) {
      return false;
    }
    held = true;
    bytes = buffered;
    holds++;
    service.stats(queue.lane()).move(1, 0, since);
    return true;
  }

  /// More of the body was read meanwhile.
  void grow(long more) {
    bytes += more;
    service.heldBytes().addAndGet(more);
  }

  /// Whether there is room for more of bodies.
  boolean hasRoom() {
    return service.heldBytes().get() < service.route().rule().hold().maxBytes();
  }

  void end() {
    long now = System.nanoTime();
    queue.remove(service, number, bytes);
    service.stats(queue.lane()).move(-1, 0, now);
    log.held(now - since);
    bytes = 0;
    held = false;
  }

  @Override
  public long notBefore() {
    return notBefore;
  }

  @Override
  public long deadline() {
    // Earlier waits of the same request count.
    return since - log.heldNanos() + service.route().rule().hold().maxWaitMillis() * 1_000_000;
  }

  @Override
  public boolean resume() {
    return resume.getAsBoolean();
  }

  @Override
  public void expire() {
    expire.run();
  }
}
