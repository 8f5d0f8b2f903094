package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.backend.BackendMain;
import io.fleetserve.benchmarks.load.client.LoadClientMain;
import io.fleetserve.benchmarks.load.proc.ProcFiles;
import io.fleetserve.benchmarks.load.subject.Certificate;
import io.fleetserve.benchmarks.load.subject.FreePorts;
import io.fleetserve.benchmarks.load.subject.ProxySettings;
import io.fleetserve.benchmarks.load.subject.Running;
import io.fleetserve.benchmarks.load.subject.Subject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One run of the comparison: starts client, backend and subjects, measures part after part, ends
/// all of them. For one thread.
final class LoadSession {
  private static final int REPLICAS = 2;
  private static final double QUIET_LOAD = 1.0;
  private static final Duration START = Duration.ofSeconds(20);

  private final LoadOptions options;
  private final Path folder;
  private final PrintStream log;
  private final List<String> warnings = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private final List<StartCurve> starts = new ArrayList<>();
  private final List<Running> running = new ArrayList<>();

  /// @param folder for configuration files and logs of the subjects
  LoadSession(LoadOptions options, Path folder, PrintStream log) {
    this.options = options;
    this.folder = folder;
    this.log = log;
  }

  Report run() throws IOException, InterruptedException {
    double load = ProcFiles.load();
    if (load >= QUIET_LOAD) {
      warnings.add("noisy: load average %.2f before the run".formatted(load));
    }
    Map<String, String> versions = new LinkedHashMap<>();
    List<Subject> subjects = installed(versions);
    Thread onExit = new Thread(this::closeAll);
    Runtime.getRuntime().addShutdownHook(onExit);
    try (ChildProcess backend = ChildProcess.start(BackendMain.class, String.valueOf(REPLICAS));
        ChildProcess client = ChildProcess.start(LoadClientMain.class)) {
      List<Integer> ports =
          Arrays.stream(backend.hear(START).split(" ", -1)).map(Integer::valueOf).toList();
      client.hear(START); // READY
      measure(new Meter(client, backend), subjects, ports);
    } finally {
      closeAll();
    }
    return new Report(
        options, load, versions, Comparisons.of(samples, starts), samples, starts, warnings);
  }

  private void measure(Meter meter, List<Subject> subjects, List<Integer> backends)
      throws IOException, InterruptedException {
    Rounds rounds = new Rounds(meter, options, warnings, log);
    List<Running> direct = List.of(Running.direct(backends.getFirst()));
    List<Running> single = startAll(subjects, backends, null, 1);
    List<Running> withDirect = new ArrayList<>(single);
    withDirect.addAll(direct);

    if (options.wants("small") || options.wants("latency")) {
      samples.addAll(rounds.run(Workload.small(), withDirect));
    }
    if (options.wants("latency")) {
      double base = Comparisons.slowest(samples);
      samples.addAll(rounds.run(Workload.open("latency-50", 0.5 * base), withDirect));
      samples.addAll(rounds.run(Workload.open("latency-80", 0.8 * base), withDirect));
    }
    if (options.wants("events")) {
      samples.addAll(rounds.run(Workload.events(), withDirect));
    }
    if (options.wants("bodies")) {
      samples.addAll(rounds.run(Workload.download(), single));
      samples.addAll(rounds.run(Workload.upload(), single));
    }
    if (options.wants("tls")) {
      Certificate certificate = Certificate.make(folder);
      samples.addAll(
          rounds.run(Workload.encrypted(), startAll(subjects, backends, certificate, 1)));
    }
    if (options.wants("idle")) {
      samples.addAll(rounds.run(Workload.idle(), single));
    }
    if (options.wants("loops")) {
      samples.addAll(rounds.run(Workload.loops(1), single));
      samples.addAll(rounds.run(Workload.loops(2), startAll(subjects, backends, null, 2)));
    }
    closeAll();
    if (options.wants("start")) {
      starts.addAll(new StartRounds(meter, options.rounds(), backends, folder, log).run(subjects));
    }
  }

  private List<Running> startAll(
      List<Subject> subjects, List<Integer> backends, @Nullable Certificate certificate, int loops)
      throws IOException {
    List<Running> started = new ArrayList<>();
    String kind = certificate == null ? "" : "-tls";
    for (Subject subject : subjects) {
      ProxySettings settings = new ProxySettings(FreePorts.next(), backends, certificate, loops);
      started.add(subject.start(folder.resolve(subject.name() + "-" + loops + kind), settings));
      running.add(started.getLast());
    }
    return started;
  }

  private List<Subject> installed(Map<String, String> versions)
      throws IOException, InterruptedException {
    List<Subject> found = new ArrayList<>();
    for (Subject subject : Subject.of(options.root(), options.subjects(), options.jvm())) {
      String version = subject.version();
      if (version.isEmpty()) {
        warnings.add(subject.name() + " is not installed and was left out");
      } else {
        versions.put(subject.name(), version);
        found.add(subject);
      }
    }
    return found;
  }

  private synchronized void closeAll() {
    running.forEach(Running::close);
    running.clear();
  }
}
