package io.fleetserve.agent;

import io.fleetserve.api.log.SizeBoundedLog;
import io.fleetserve.api.wire.AgentBoot;
import java.util.ArrayList;
import java.util.List;

/// The threads that speak with the controller and the server. Thread-safe.
final class Links implements AutoCloseable {
  private final Reporter reporter;
  private final LogShipper shipper;
  private final Prober prober;
  private final List<Thread> threads = new ArrayList<>();

  /// Starts them, and has the first report sent.
  Links(AgentBoot boot, SizeBoundedLog log, Supervisor supervisor) {
    ControllerLink link = new ControllerLink(boot);
    Runnable unwanted =
        () -> supervisor.stop("the controller does not want this generation any more");
    this.reporter = new Reporter(link, supervisor::report, unwanted);
    this.shipper = new LogShipper(link, log);
    this.prober = new Prober(boot.task().host(), supervisor::port, supervisor::post);
    reporter.report();
    start("probe", prober);
    start("report", reporter);
    start("commands", new CommandStream(link, supervisor::post, unwanted));
    start("log", shipper);
  }

  private void start(String name, Runnable work) {
    threads.add(Thread.ofPlatform().daemon().name(name).start(work));
  }

  void report() {
    reporter.report();
  }

  void probe(ReplicaAction.SendProbe probe) {
    prober.send(probe);
  }

  /// Waits until the controller knows the last state and the last output, or the time is over.
  void flush(long millis) throws InterruptedException {
    if (reporter.flush(millis)) {
      shipper.flush(millis);
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
