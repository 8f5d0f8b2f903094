package io.fleetserve.benchmarks.load.client;

import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/// One request a connection, and nothing after its answer.
final class SingleTraffic implements Traffic {
  private final ByteBuf request;
  private final LongSupplier clock;
  private final Set<Connection> asked = new HashSet<>();

  SingleTraffic(ByteBuf request, LongSupplier clock) {
    this.request = request;
    this.clock = clock;
  }

  @Override
  public void ready(Connection connection) {
    if (asked.add(connection)) {
      connection.send(request, 0, clock.getAsLong());
    }
  }

  @Override
  public void lost(Connection connection) {
    asked.remove(connection);
  }

  @Override
  public void start() {}

  @Override
  public void finish(long now) {}
}
