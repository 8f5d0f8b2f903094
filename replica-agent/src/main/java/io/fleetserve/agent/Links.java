package io.fleetserve.agent;

import io.fleetserve.api.log.SizeBoundedLog;
import io.fleetserve.api.wire.AgentBoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The threads that speak with the controller and the server. Thread-safe.
final class Links implements AutoCloseable {
  private final Reporter reporter;
  private final LogShipper shipper;
  private final Prober prober;
  private final @Nullable Tunnels tunnels;
  private final @Nullable String onlyAddress;
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
    this.tunnels = tunnels(boot, link, supervisor);
    this.onlyAddress = boot.oneAddress() ? link.address() : null;
    start("commands", new CommandStream(link, event -> heard(event, supervisor), unwanted));
    start("log", shipper);
  }

  private void start(String name, Runnable work) {
    threads.add(Thread.ofPlatform().daemon().name(name).start(work));
  }

  /// Null when this agent has no certificate to show.
  private static @Nullable Tunnels tunnels(
      AgentBoot boot, ControllerLink link, Supervisor supervisor) {
    Tunnels.Contexts contexts = link.certificates().orElse(null);
    try {
      return contexts == null
          ? null
          : new Tunnels(boot.installationId(), contexts, boot.task().host(), supervisor::port);
    } catch (IOException e) {
      throw new UncheckedIOException("tunnels", e); // out of file descriptors
    }
  }

  private void heard(ReplicaEvent event, Supervisor supervisor) {
    if (tunnels != null && event instanceof ReplicaEvent.Configured configured) {
      tunnels.dial(from(configured.command().tunnels()));
    }
    supervisor.post(event);
  }

  /// Where tunnels are dialled from here: an agent of one outbound address finds every load
  /// balancer there.
  private List<String> from(List<String> told) {
    return onlyAddress == null || told.isEmpty() ? told : List.of(onlyAddress);
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
    if (tunnels != null) {
      tunnels.close();
    }
  }
}
