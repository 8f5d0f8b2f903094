package io.fleetserve.benchmarks.load.client;

import io.fleetserve.benchmarks.load.wire.Order;
import io.netty.channel.EventLoop;
import java.util.function.LongSupplier;

/// Decides what a connection does next. All calls come from one event loop.
sealed interface Traffic permits ClosedTraffic, OpenTraffic, SingleTraffic {

  /// The connection is new, or its answer is complete.
  void ready(Connection connection);

  /// The connection is gone, with or without a request under way.
  void lost(Connection connection);

  /// All connections are open.
  void start();

  /// Counting ends now.
  void finish(long now);

  static Traffic of(EventLoop loop, Order order, Tally tally, LongSupplier clock) {
    int port = order.port();
    return switch (order.kind()) {
      case CLOSED, START -> new ClosedTraffic(Requests.get(port, "/small"), 0, clock);
      case DOWNLOAD -> new ClosedTraffic(Requests.get(port, "/bytes"), 0, clock);
      case UPLOAD ->
          new ClosedTraffic(
              Requests.post(port, "/sink", Requests.LARGE_BYTES), Requests.LARGE_BYTES, clock);
      case OPEN -> new OpenTraffic(loop, Requests.get(port, "/small"), order.rate(), tally, clock);
      case STREAMS -> new SingleTraffic(Requests.get(port, "/events"), clock);
      case IDLE -> new SingleTraffic(Requests.get(port, "/small"), clock);
    };
  }
}
