package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.subject.Running;
import io.fleetserve.benchmarks.load.wire.Order.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Measures a workload on all subjects in turn, again and again, so that a disturbance of the
/// machine meets all of them. For one thread.
final class Rounds {
  private static final int WARM_PIECES = 5;
  private static final double SETTLED = 0.95;

  private final Meter meter;
  private final LoadOptions options;
  private final List<String> warnings;
  private final PrintStream log;

  /// @param warnings gets what makes figures doubtful
  Rounds(Meter meter, LoadOptions options, List<String> warnings, PrintStream log) {
    this.meter = meter;
    this.options = options;
    this.warnings = warnings;
    this.log = log;
  }

  /// Warms up, then measures.
  List<Sample> run(Workload workload, List<Running> subjects)
      throws IOException, InterruptedException {
    List<Sample> samples = new ArrayList<>();
    List<Running> order = new ArrayList<>(subjects);
    if (options.warmSeconds() > 0 && workload.kind() != Kind.IDLE) {
      for (Running subject : order) {
        warm(workload, subject);
      }
    }
    for (int round = 1; round <= options.rounds(); round++) {
      for (Running subject : order) {
        attempt(workload, subject, round, TimeUnit.SECONDS.toMillis(options.seconds()), samples);
      }
      Collections.rotate(order, 1);
    }
    return samples;
  }

  /// Loads a subject until its CPU time per answer stays what it was: compiled code has come to
  /// rest.
  private void warm(Workload workload, Running subject) throws IOException, InterruptedException {
    long millis = TimeUnit.SECONDS.toMillis(options.warmSeconds());
    double last = Double.POSITIVE_INFINITY;
    for (int piece = 0; piece < WARM_PIECES; piece++) {
      List<Sample> samples = new ArrayList<>();
      attempt(workload, subject, 0, millis, samples);
      double now = samples.isEmpty() ? 0 : samples.getFirst().proxyMicrosPerCount();
      if (now >= last * SETTLED || now == 0) {
        return;
      }
      last = now;
    }
  }

  private void attempt(
      Workload workload, Running subject, int round, long millis, List<Sample> samples)
      throws IOException, InterruptedException {
    try {
      checkAlive(subject);
      meter.bind(subject.process(), workload.apart());
      Sample sample =
          meter.measure(workload.name(), subject, round, workload.order(subject.port(), millis));
      samples.add(sample);
      if (round > 0) {
        warnings.addAll(Warnings.of(sample, workload));
        log.println(line(sample));
      }
    } catch (LoadFailedException e) {
      warnings.add(
          "%s, %s: not measured: %s".formatted(workload.name(), subject.name(), e.getMessage()));
      log.println(warnings.getLast());
    }
  }

  private static void checkAlive(Running subject) {
    Process process = subject.process();
    if (process != null && !process.isAlive()) {
      throw new LoadFailedException("it ended with code " + process.exitValue());
    }
  }

  private static String line(Sample sample) {
    return "%-10s %-10s round %-2d %8.0f /s %s %7.1f MB/s  p50 %6.0f p99 %6.0f us  RSS %4.0f MB  CPU proxy %.2f client %.2f backend %.2f"
        .formatted(
            sample.workload(),
            sample.subject(),
            sample.round(),
            sample.outcome().perSecond(),
            sample.outcome().count() == 0
                ? " ".repeat(16)
                : "%9.2f us each".formatted(sample.proxyMicrosPerCount()),
            sample.megabytesPerSecond(),
            sample.latencyMicros(50),
            sample.latencyMicros(99),
            sample.residentBytes() / 1e6,
            sample.proxyShare(),
            sample.clientShare(),
            sample.backendShare());
  }
}
