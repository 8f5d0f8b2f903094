package io.fleetserve.loadbalancer.frontend;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Client connections of one port: at its limit accepting pauses there, and clients wait in the
/// kernel's queue. Thread-safe.
final class PortLimit {
  private final Connections all;
  private final int limit;
  private final AtomicInteger open = new AtomicInteger();

  /// @param all connections of all ports, whose own limit wins
  /// @param limit 0 for none
  PortLimit(Connections all, int limit) {
    this.all = all;
    this.limit = limit;
  }

  boolean isFull() {
    return limit > 0 && open.get() >= limit;
  }

  /// Counts a new connection until it is closed.
  void count(Channel connection) {
    if (limit == 0) {
      return;
    }
    Channel port = connection.parent();
    open.incrementAndGet();
    update(port);
    connection
        .closeFuture()
        .addListener(_ -> {
          open.decrementAndGet();
          update(port);
        });
  }

  private void update(@Nullable Channel port) {
    if (port != null && port.config().isAutoRead() != mayAccept()) {
      if (isFull()) {
        all.countPause();
      }
      port.config().setAutoRead(mayAccept());
    }
  }

  /// Whether the port may take another connection.
  boolean mayAccept() {
    return !isFull() && !all.isPaused();
  }
}
