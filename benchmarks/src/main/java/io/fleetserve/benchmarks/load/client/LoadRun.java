package io.fleetserve.benchmarks.load.client;

import io.fleetserve.benchmarks.load.wire.Order;
import io.fleetserve.benchmarks.load.wire.Order.Kind;
import io.fleetserve.benchmarks.load.wire.Outcome;
import io.fleetserve.benchmarks.load.wire.Signal;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// One order from its first connection to its result, confined to one event loop.
///
///     connect all -> warm -> BEGIN, count -> END -> reset all -> RESULT
///          \ not within 15 s -> FAILED
///
/// A START order begins at once: that nobody listens yet is what it is about.
@SuppressWarnings("FutureReturnValueIgnored") // tasks of an event loop that outlives them
final class LoadRun {
  private static final long CONNECT_SECONDS = 15;

  private final EventLoop loop;
  private final Order order;
  private final LongSupplier clock;
  private final Consumer<Signal> signals;
  private final Consumer<Outcome> done;
  private final Consumer<String> failed;
  private final Tally tally;
  private final Connector connector;
  private final Traffic traffic;
  private boolean started;

  LoadRun(
      EventLoop loop,
      Order order,
      LongSupplier clock,
      Consumer<Signal> signals,
      Consumer<Outcome> done,
      Consumer<String> failed) {
    this.loop = loop;
    this.order = order;
    this.clock = clock;
    this.signals = signals;
    this.done = done;
    this.failed = failed;
    this.tally = new Tally(order.measureMillis());
    this.traffic = Traffic.of(loop, order, tally, clock);
    this.connector = new Connector(loop, order, traffic, tally, clock);
  }

  void start() {
    assert loop.inEventLoop();
    connector.open(order.kind() == Kind.START);
    if (order.kind() == Kind.START) {
      warm();
      return;
    }
    loop.schedule(this::giveUp, CONNECT_SECONDS, TimeUnit.SECONDS);
    awaitConnections();
  }

  private void awaitConnections() {
    if (connector.ready() == order.connections()) {
      warm();
    } else if (connector.isOpen()) {
      loop.schedule(this::awaitConnections, 1, TimeUnit.MILLISECONDS);
    }
  }

  private void giveUp() {
    if (!started && connector.isOpen()) {
      connector.close();
      failed.accept(
          "%d of %d connections ready after %d s, last error: %s"
              .formatted(
                  connector.ready(), order.connections(), CONNECT_SECONDS, connector.lastError()));
    }
  }

  private void warm() {
    started = true;
    traffic.start();
    loop.schedule(this::begin, order.warmMillis(), TimeUnit.MILLISECONDS);
  }

  private void begin() {
    tally.begin(clock.getAsLong());
    signals.accept(Signal.of(Signal.Type.BEGIN));
    loop.schedule(this::end, order.measureMillis(), TimeUnit.MILLISECONDS);
  }

  private void end() {
    long now = clock.getAsLong();
    traffic.finish(now);
    tally.end(now);
    signals.accept(Signal.of(Signal.Type.END));
    int connected = connector.ready();
    connector.close();
    done.accept(tally.outcome(connected));
  }
}
