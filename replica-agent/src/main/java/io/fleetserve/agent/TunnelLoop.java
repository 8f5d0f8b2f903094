package io.fleetserve.agent;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;

/// The tunnel's thread: waits for sockets, and does what others ask for. [#execute] may be called
/// from any thread; all the rest belongs to the one that runs it.
final class TunnelLoop implements Runnable, AutoCloseable {
  private static final long TICK_MILLIS = 500;

  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Runnable turned;
  private final LongConsumer ticked;
  private volatile boolean closed;

  /// Something that a socket belongs to.
  interface Ready {
    /// The socket can do what was waited for.
    void ready(SelectionKey key) throws IOException;
  }

  /// @param turned called when everything that was ready has been dealt with
  /// @param ticked called each half a second or a little later, with `System.nanoTime()`
  TunnelLoop(Runnable turned, LongConsumer ticked) throws IOException {
    this.turned = turned;
    this.ticked = ticked;
    this.selector = Selector.open();
  }

  Selector selector() {
    return selector;
  }

  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  @Override
  public void run() {
    long tickAt = System.nanoTime();
    try {
      while (!closed) {
        selector.select(TunnelLoop::ready, TICK_MILLIS);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        long now = System.nanoTime();
        if (now - tickAt >= TICK_MILLIS * 1_000_000) {
          tickAt = now;
          ticked.accept(now);
        }
        turned.run();
      }
      for (SelectionKey key : List.copyOf(selector.keys())) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      throw new IllegalStateException("the selector failed", e);
    }
  }

  private static void ready(SelectionKey key) {
    try {
      if (key.isValid() && key.attachment() instanceof Ready ready) {
        ready.ready(key);
      }
    } catch (IOException | RuntimeException e) {
      // Whoever it is has not dealt with it: its socket cannot be trusted any more.
      key.cancel();
      try {
        key.channel().close();
      } catch (IOException ignored) {
        // Closed is all that is wanted.
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }
}
