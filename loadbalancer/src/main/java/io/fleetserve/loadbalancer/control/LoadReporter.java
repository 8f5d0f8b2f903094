package io.fleetserve.loadbalancer.control;

import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.api.wire.LoadReport.Phase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a load report each second, and at once when asked, with a short pause between two. One
/// thread of its own; [#now] is thread-safe and returns at once.
///
/// Reports hold totals, so a lost one does no harm.
public final class LoadReporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoadReporter.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final String id;
  private final Path infoFile;
  private final Path tokenFile;
  private final Source reports;
  private final Runnable eachPeriod;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition asked = lock.newCondition();
  private final Thread thread;
  private final Condition tried = lock.newCondition();
  private boolean urgent;
  private long attempts;
  private long sequence;
  private volatile Phase phase = Phase.SERVING;
  private volatile @Nullable Long beside;
  private volatile boolean closed;
  private volatile @Nullable ControlConnection connection;

  /// Makes reports.
  @FunctionalInterface
  public interface Source {
    /// Makes one.
    ///
    /// @param sequence number of the report
    /// @param beside start of the process that is being taken over from; null for none
    LoadReport report(long sequence, Phase phase, @Nullable Long beside);
  }

  /// @param reports makes the reports
  /// @param eachPeriod what else is done each second, on the reporter's thread
  public LoadReporter(
      String id, Path infoFile, Path tokenFile, Source reports, Runnable eachPeriod) {
    this.id = id;
    this.infoFile = infoFile;
    this.tokenFile = tokenFile;
    this.reports = reports;
    this.eachPeriod = eachPeriod;
    this.thread = Thread.ofPlatform().daemon().name("load-reporter").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /// Says from the next report on where the process is in its life.
  public void phase(Phase next) {
    phase = next;
  }

  /// Says from the next report on from which process this one is taking over; null for none.
  public void beside(@Nullable Long startedAtMillis) {
    beside = startedAtMillis;
  }

  /// Waits until a report was tried that began after this call; returns sooner when the time is
  /// over.
  public void await(Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      // The one that is on its way may have begun before.
      long enough = attempts + 2;
      long left = atMost.toNanos();
      while (attempts < enough && left > 0) {
        urgent = true;
        asked.signal();
        left = tried.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Asks for a report now.
  public void now() {
    lock.lock();
    try {
      urgent = true;
      asked.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      long next = System.nanoTime();
      while (!closed) {
        if (await(next)) {
          next = System.nanoTime() + PERIOD.toNanos();
          guarded(eachPeriod);
        }
        report();
        countAttempt();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException ignored) {
      // Only close() interrupts.
    }
  }

  private void countAttempt() {
    lock.lock();
    try {
      attempts++;
      tried.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until asked or until `next`; true if the period is over.
  private boolean await(long next) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = next - System.nanoTime();
      while (!urgent && left > 0) {
        left = asked.awaitNanos(left);
      }
      urgent = false;
      return next - System.nanoTime() <= 0;
    } finally {
      lock.unlock();
    }
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("Periodic work failed");
    }
  }

  private void report() {
    try {
      byte[] body = Json.MAPPER.writeValueAsBytes(reports.report(++sequence, phase, beside));
      if (!post(body)) {
        // The kept connection may just have been too old.
        post(body);
      }
    } catch (RuntimeException e) {
      LOG.atDebug().setCause(e).log("No load report");
    }
  }

  private boolean post(byte[] body) {
    ControlConnection open = connection;
    try {
      if (open == null) {
        open = ControlConnection.open(ControllerAddress.read(infoFile, tokenFile));
        connection = open;
      }
      String path = "/api/v1/loadbalancers/" + id + "/reports";
      ControlConnection.Answer answer = open.request("POST", path, body, PATIENCE);
      answer.body().readAllBytes();
      if (answer.status() / 100 == 2) {
        return true;
      }
      LOG.atDebug().addKeyValue("status", answer.status()).log("Load report was not taken");
    } catch (IOException | RuntimeException ignored) {
      // No controller now: it is asked again each second, and told everything by the next report.
    }
    connection = null;
    if (open != null) {
      open.close();
    }
    return false;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!thread.isAlive() && sequence > 0) {
      phase = Phase.ENDED;
      report();
    }
    ControlConnection open = connection;
    if (open != null) {
      open.close();
    }
  }
}
