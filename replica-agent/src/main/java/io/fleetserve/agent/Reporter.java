package io.fleetserve.agent;

import io.fleetserve.api.wire.AgentReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells the controller the replica's state: at once when asked to, and every five seconds. Newest
/// state wins: while the controller is away nothing piles up. Thread-safe.
final class Reporter implements Runnable {
  private static final long PERIOD_MILLIS = 5_000;

  private final ControllerLink link;
  private final Supplier<LongFunction<AgentReport>> newest;
  private final Runnable unwanted;
  private final Retry retry = new Retry();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long asked;
  private long told;

  /// @param newest gives the present state, as a report that lacks its sequence number
  /// @param unwanted called when the controller does not want this generation any more
  Reporter(ControllerLink link, Supplier<LongFunction<AgentReport>> newest, Runnable unwanted) {
    this.link = link;
    this.newest = newest;
    this.unwanted = unwanted;
  }

  /// Wants a report now.
  void report() {
    lock.lock();
    try {
      asked++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until everything asked for before was told; false when the time was over first.
  boolean flush(long millis) throws InterruptedException {
    lock.lock();
    try {
      long want = asked;
      long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
      while (told < want && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return told >= want;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    try {
      long sequence = 0;
      while (true) {
        long serving = awaitWork();
        int status = send(newest.get().apply(++sequence));
        if (status == ControllerLink.GONE) {
          unwanted.run();
        }
        if (status == ControllerLink.GONE || status / 100 == 2) {
          retry.succeeded();
          told(serving);
        } else {
          TimeUnit.MILLISECONDS.sleep(retry.pause());
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private long awaitWork() throws InterruptedException {
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
      while (told >= asked && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return asked;
    } finally {
      lock.unlock();
    }
  }

  private void told(long upTo) {
    lock.lock();
    try {
      told = upTo;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The answer's status; 0 when there was none.
  private int send(@Nullable AgentReport report) {
    if (report == null) {
      return 200;
    }
    try {
      return link.report(AgentJson.write(report).getBytes(StandardCharsets.UTF_8)).status();
    } catch (NotWantedException refused) {
      return ControllerLink.GONE;
    } catch (IOException away) {
      return 0;
    }
  }
}
