package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.admission.HoldQueue;
import io.fleetserve.loadbalancer.admission.HoldQueue.Entry.Refused;
import io.fleetserve.loadbalancer.admission.HoldQueue.Entry.Waiting;
import io.fleetserve.loadbalancer.admission.Waiter;
import io.fleetserve.loadbalancer.endpoint.HoldOrder.Ticket;
import io.fleetserve.loadbalancer.endpoint.Route;
import io.fleetserve.loadbalancer.endpoint.Service;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

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
  private @Nullable Ticket ticket;

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
    return ticket != null;
  }

  /// Begins; null if it waits now, else why it may not.
  ///
  /// @param client hash of whom the request is for
  /// @param buffered bytes of the body so far
  /// @param pause an attempt failed: wait a little, longer each time, before the next
  @Nullable Refused begin(long client, long buffered, boolean pause) {
    since = System.nanoTime();
    notBefore = pause ? since + Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(10, holds)) : since;
    switch (queue.add(service, this, client, buffered)) {
      case Refused refused -> {
        return refused;
      }
      case Waiting waiting -> ticket = waiting.ticket();
    }
    bytes = buffered;
    holds++;
    service.stats(queue.lane()).move(1, 0, since);
    return null;
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

  /// Ends.
  ///
  /// @param wentOn to a replica
  void end(boolean wentOn) {
    Ticket held = ticket;
    if (held == null) {
      throw new IllegalStateException("not held");
    }
    long now = System.nanoTime();
    queue.remove(service, held, bytes, wentOn);
    service.stats(queue.lane()).move(-1, 0, now);
    log.held(now - since);
    bytes = 0;
    ticket = null;
  }

  @Override
  public long notBefore() {
    return notBefore;
  }

  @Override
  public long deadline() {
    // Earlier waits of the same request count.
    long start = since - log.heldNanos();
    Route route = service.route();
    long last = start + route.rule().hold().maxWaitMillis() * 1_000_000;
    if (!isForPlace()) {
      return last;
    }
    // Nobody was full while nothing was in flight.
    long asked = Math.max(start, service.idleAt());
    return Math.min(last, asked + route.rule().protection().busyWaitMillis() * 1_000_000);
  }

  /// Whether it waits because all replicas are full, not because there is none.
  boolean isForPlace() {
    return service.isBusy();
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
