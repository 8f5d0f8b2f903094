package io.fleetserve.provider.slurm;

import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.slurm.SlurmTransport.SlurmRefusal;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What clusters have, asked side by side, so that one that does not answer holds up no other. It
/// goes on being asked; what it says later answers the next question. Thread-safe.
final class SlurmViews implements AutoCloseable {
  /// An answer that came late is not used when it was asked for longer ago.
  private static final Duration OLDEST = Duration.ofMinutes(1);

  private final Clock clock;
  private final Duration patience;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Asked> late = new ConcurrentHashMap<>();

  private record Asked(Instant at, Future<ClusterView> answer) {}

  /// What came of a question.
  sealed interface Told {
    /// It answered.
    record View(ClusterView view) implements Told {}

    /// It said no, or cannot be reached.
    ///
    /// @param later another time the answer may be another
    record No(String reason, boolean later) implements Told {}

    /// Not answered yet.
    record Late(Duration patience) implements Told {}
  }

  /// @param patience how long a question is waited for
  SlurmViews(Clock clock, Duration patience) {
    this.clock = clock;
    this.patience = patience;
  }

  Map<Cluster, Told> ask(Collection<Cluster> clusters) {
    Map<Cluster, Asked> asked = new LinkedHashMap<>();
    clusters.forEach(cluster -> asked.put(cluster, ask(cluster)));
    Map<Cluster, Told> told = new LinkedHashMap<>();
    long end = System.nanoTime() + patience.toNanos();
    asked.forEach((cluster, each) -> told.put(cluster, told(cluster, each, end)));
    return told;
  }

  private Asked ask(Cluster cluster) {
    Instant now = clock.instant();
    Asked before = late.remove(cluster.name());
    return before != null && now.isBefore(before.at().plus(OLDEST))
        ? before
        : new Asked(now, threads.submit(() -> cluster.transport().view()));
  }

  private Told told(Cluster cluster, Asked asked, long end) {
    try {
      return new Told.View(
          asked.answer().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
    } catch (TimeoutException slow) {
      late.put(cluster.name(), asked);
      return new Told.Late(patience);
    } catch (ExecutionException e) {
      return switch (e.getCause()) {
        case IOException away -> new Told.No(String.valueOf(away.getMessage()), true);
        case SlurmRefusal no ->
            new Told.No(
                no.text(),
                SlurmErrors.of(no.text(), cluster.place(), "").category() == Category.TRANSIENT);
        case null, default -> new Told.No(String.valueOf(e.getCause()), true);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Told.Late(patience);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
