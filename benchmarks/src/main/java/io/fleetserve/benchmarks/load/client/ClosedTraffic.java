package io.fleetserve.benchmarks.load.client;

import io.netty.buffer.ByteBuf;
import java.util.function.LongSupplier;

/// The next request as soon as the last one is answered: as much load as the other side takes.
///
/// Its latencies are service times only; for latency under a given load use [OpenTraffic].
final class ClosedTraffic implements Traffic {
  private final ByteBuf request;
  private final int bodyBytes;
  private final LongSupplier clock;

  ClosedTraffic(ByteBuf request, int bodyBytes, LongSupplier clock) {
    this.request = request;
    this.bodyBytes = bodyBytes;
    this.clock = clock;
  }

  @Override
  public void ready(Connection connection) {
    connection.send(request, bodyBytes, clock.getAsLong());
  }

  @Override
  public void lost(Connection connection) {}

  @Override
  public void start() {}

  @Override
  public void finish(long now) {}
}
