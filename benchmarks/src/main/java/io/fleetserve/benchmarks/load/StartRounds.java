package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.subject.FreePorts;
import io.fleetserve.benchmarks.load.subject.ProxySettings;
import io.fleetserve.benchmarks.load.subject.Running;
import io.fleetserve.benchmarks.load.subject.Subject;
import io.fleetserve.benchmarks.load.wire.Order;
import io.fleetserve.benchmarks.load.wire.Order.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts each subject while the client already knocks, and keeps the curve of its throughput. From
/// the second round on it is a restart: the folder is there. For one thread.
final class StartRounds {
  private static final int CONNECTIONS = 64;
  private static final long MEASURE_MILLIS = 8_000;

  private final Meter meter;
  private final int rounds;
  private final List<Integer> backends;
  private final Path folder;
  private final PrintStream log;

  StartRounds(Meter meter, int rounds, List<Integer> backends, Path folder, PrintStream log) {
    this.meter = meter;
    this.rounds = rounds;
    this.backends = List.copyOf(backends);
    this.folder = folder;
    this.log = log;
  }

  List<StartCurve> run(List<Subject> subjects) throws IOException, InterruptedException {
    List<StartCurve> curves = new ArrayList<>();
    meter.bind(null, false);
    for (int round = 1; round <= rounds; round++) {
      for (Subject subject : subjects) {
        StartCurve curve = measure(subject, round);
        curves.add(curve);
        log.printf(
            "start      %-10s round %d  first answer after %.2f s%n",
            subject.name(), round, curve.secondsToFirst());
      }
    }
    return curves;
  }

  private StartCurve measure(Subject subject, int round) throws IOException, InterruptedException {
    ProxySettings settings = new ProxySettings(FreePorts.next(), backends, 1);
    meter.begin(Order.of(Kind.START, settings.port(), CONNECTIONS, 0, MEASURE_MILLIS));
    long startNanos = System.nanoTime();
    try (Running running = subject.start(folder.resolve("start-" + subject.name()), settings)) {
      Sample sample = meter.finish("start", running, round);
      return StartCurve.of(subject.name(), round, startNanos, sample.outcome());
    }
  }
}
