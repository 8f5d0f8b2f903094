package io.fleetserve.cli.follow;

import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.view.Console;
import io.fleetserve.cli.view.ProgressText;
import io.fleetserve.cli.view.Repainter;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The replicas on a terminal, redrawn in place, with times that run. Thread-safe: a thread of its
/// own redraws between two states.
public final class LiveDisplay implements Display {
  private static final long FRAME_MILLIS = 200;

  private final Console console;
  private final Clock clock;
  private final Repainter repainter = new Repainter();
  private final Thread ticker;
  private @Nullable ServiceView last;
  private boolean closed;

  public LiveDisplay(Console console, Clock clock) {
    this.console = console;
    this.clock = clock;
    ticker = Thread.ofPlatform().daemon().name("live-display").start(this::tick);
  }

  @Override
  public synchronized void show(ServiceView service) {
    last = service;
    draw();
  }

  private void draw() {
    if (last != null) {
      List<String> frame =
          ProgressText.frame(
              Display.shown(last), clock.instant(), console.width().getAsInt(), console.paint());
      console.out().print(repainter.paint(frame));
      console.out().flush();
    }
  }

  private synchronized void tick() {
    try {
      while (!closed) {
        wait(FRAME_MILLIS);
        if (!closed) {
          draw();
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      ticker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
