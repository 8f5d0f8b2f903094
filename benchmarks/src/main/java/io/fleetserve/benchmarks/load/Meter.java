package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.proc.Affinity;
import io.fleetserve.benchmarks.load.proc.ProcFiles;
import io.fleetserve.benchmarks.load.proc.ProcText.MachineTicks;
import io.fleetserve.benchmarks.load.proc.ProcessCpu;
import io.fleetserve.benchmarks.load.subject.Running;
import io.fleetserve.benchmarks.load.wire.Order;
import io.fleetserve.benchmarks.load.wire.Outcome;
import io.fleetserve.benchmarks.load.wire.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Gives the client an order and reads the CPU time of all processes at the moments between which
/// the client counts. For one thread.
final class Meter {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final double WORKER_SHARE = 1.0 / 6;
  private static final ProcessCpu NOTHING = new ProcessCpu(0, Map.of());

  private final ChildProcess client;
  private final ChildProcess backend;

  Meter(ChildProcess client, ChildProcess backend) {
    this.client = client;
    this.backend = backend;
  }

  /// Proxy on the first processor, client and backend on the others; or everything everywhere.
  void bind(@Nullable Process proxy, boolean apart) throws IOException, InterruptedException {
    int processors = Runtime.getRuntime().availableProcessors();
    boolean bound = apart && processors > 1;
    String all = "0-" + (processors - 1);
    if (proxy != null) {
      Affinity.bind(proxy.toHandle(), bound ? "0" : all);
    }
    for (ChildProcess side : new ChildProcess[] {client, backend}) {
      Affinity.bind(side.process().toHandle(), bound ? "1-" + (processors - 1) : all);
    }
  }

  /// Hands out the order; the caller goes on with [#finish].
  void begin(Order order) throws IOException {
    client.say(JSON.writeValueAsString(order));
  }

  /// One whole measurement.
  ///
  /// @throws LoadFailedException when the client could not carry out the order
  Sample measure(String workload, Running subject, int round, Order order)
      throws IOException, InterruptedException {
    begin(order);
    return finish(workload, subject, round);
  }

  Sample finish(String workload, Running subject, int round) throws InterruptedException {
    await(Signal.Type.BEGIN);
    Moment begin = now(subject);
    Process proxy = subject.process();
    long resident = proxy == null ? 0 : ProcFiles.residentBytes(proxy.toHandle());
    long proportional = proxy == null ? 0 : ProcFiles.proportionalBytes(proxy.toHandle());
    await(Signal.Type.END);
    Moment end = now(subject);
    Outcome outcome = await(Signal.Type.RESULT).outcome();
    if (outcome == null) {
      throw new LoadFailedException("result without an outcome");
    }
    return new Sample(
        workload,
        subject.name(),
        round,
        outcome,
        new Sample.Cpu(
            end.proxy.since(begin.proxy),
            end.proxy.busiestThreadSince(begin.proxy),
            end.proxy.threadsAbove(WORKER_SHARE, begin.proxy),
            end.client.since(begin.client),
            end.backend.since(begin.backend)),
        end.machine.idleShareSince(begin.machine),
        end.machine.stealShareSince(begin.machine),
        resident,
        proportional);
  }

  private Signal await(Signal.Type type) throws InterruptedException {
    Signal signal = JSON.readValue(client.hear(PATIENCE), Signal.class);
    if (signal.type() != type) {
      throw new LoadFailedException(
          signal.reason() == null ? "unexpected signal " + signal.type() : signal.reason());
    }
    return signal;
  }

  private Moment now(Running subject) {
    Process proxy = subject.process();
    return new Moment(
        proxy == null ? NOTHING : ProcFiles.cpu(proxy.toHandle()),
        ProcFiles.cpu(client.process().toHandle()),
        ProcFiles.cpu(backend.process().toHandle()),
        ProcFiles.machine());
  }

  private record Moment(
      ProcessCpu proxy, ProcessCpu client, ProcessCpu backend, MachineTicks machine) {}
}
