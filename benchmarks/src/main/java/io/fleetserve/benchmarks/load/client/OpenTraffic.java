package io.fleetserve.benchmarks.load.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Requests at a constant rate, whatever the answers take.
///
/// Request i is due at start + i / rate. A free connection sends it at once; without one it waits,
/// and its latency counts from the moment it was due. A proxy that stalls therefore gets every
/// request of the stall into its histogram, not just one a connection (coordinated omission, after
/// G. Tene, "How NOT to Measure Latency"). Requests that are due but unanswered at the end count
/// with their age.
@SuppressWarnings("FutureReturnValueIgnored") // the schedule goes on until it is finished
final class OpenTraffic implements Traffic {
  private final EventLoop loop;
  private final ByteBuf request;
  private final double intervalNanos;
  private final Tally tally;
  private final LongSupplier clock;
  private final Queue<Connection> free = new ArrayDeque<>();
  private final Queue<Long> waiting = new ArrayDeque<>();
  private final Set<Connection> all = new HashSet<>();
  private long startNanos;
  private long sent;
  private boolean finished;

  OpenTraffic(EventLoop loop, ByteBuf request, double rate, Tally tally, LongSupplier clock) {
    this.loop = loop;
    this.request = request;
    this.intervalNanos = 1e9 / rate;
    this.tally = tally;
    this.clock = clock;
  }

  @Override
  public void start() {
    startNanos = clock.getAsLong();
    fire();
  }

  @Override
  public void ready(Connection connection) {
    all.add(connection);
    Long due = waiting.poll();
    if (due == null) {
      free.add(connection);
    } else {
      connection.send(request, 0, due);
    }
  }

  @Override
  public void lost(Connection connection) {
    all.remove(connection);
    free.remove(connection);
  }

  @Override
  public void finish(long now) {
    finished = true;
    waiting.forEach(due -> tally.unanswered(due, now));
    all.stream()
        .filter(Connection::isBusy)
        .forEach(connection -> tally.unanswered(connection.dueNanos(), now));
  }

  private void fire() {
    if (finished) {
      return;
    }
    long now = clock.getAsLong();
    long due = dueNanos();
    while (due - now <= 0) {
      dispatch(due, now);
      sent++;
      due = dueNanos();
    }
    loop.schedule(this::fire, due - clock.getAsLong(), TimeUnit.NANOSECONDS);
  }

  private void dispatch(long due, long now) {
    Connection connection = free.poll();
    if (connection == null) {
      waiting.add(due);
    } else {
      tally.sent(due, now);
      connection.send(request, 0, due);
    }
  }

  private long dueNanos() {
    return startNanos + (long) (sent * intervalNanos);
  }
}
