package io.fleetserve.loadbalancer.handover;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.wire.LoadReport.Phase;
import io.fleetserve.loadbalancer.admin.AdminServer.Content;
import io.fleetserve.loadbalancer.control.EndpointFeed;
import io.fleetserve.loadbalancer.control.LoadReporter;
import io.fleetserve.loadbalancer.frontend.DataPlane;
import io.fleetserve.loadbalancer.telemetry.AccessLog;
import io.fleetserve.loadbalancer.tunnel.TunnelPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of a process that has a successor: see [Predecessor] for the order. Until it has ended,
/// `leaving-PID` in its folder says that it lives. Thread-safe.
public final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger(Departure.class);
  private static final Duration REPORT = Duration.ofSeconds(3);
  private static final Duration LOOK = Duration.ofMillis(20);
  // Ports stay open a moment longer than this process is asked to leave.
  private static final Duration SHORTEST = Duration.ofSeconds(2);

  private final DataPlane plane;
  private final @Nullable TunnelPort tunnels;
  private final EndpointFeed feed;
  private final LoadReporter reporter;
  private final @Nullable AccessLog log;
  private final Path note;
  private final long startedAtMillis;
  private final Duration drain;
  private final Runnable left;
  private volatile boolean leaving;

  /// @param tunnels null where agents cannot dial in
  /// @param folder of the load balancer
  /// @param drain longest time in which requests are finished
  /// @param left called once when nothing is left to do, or the time is over
  public Departure(
      DataPlane plane,
      @Nullable TunnelPort tunnels,
      EndpointFeed feed,
      LoadReporter reporter,
      @Nullable AccessLog log,
      Path folder,
      long startedAtMillis,
      Duration drain,
      Runnable left) {
    this.plane = plane;
    this.tunnels = tunnels;
    this.feed = feed;
    this.reporter = reporter;
    this.log = log;
    this.note = folder.resolve("leaving-" + ProcessHandle.current().pid());
    this.startedAtMillis = startedAtMillis;
    this.drain = drain;
    this.left = left;
  }

  public boolean isLeaving() {
    return leaving;
  }

  /// Lets another process open the ports.
  public Content share() {
    List<Integer> ports = leaving ? null : plane.listeners().allowSharing();
    TunnelPort agents = tunnels;
    if (ports == null || (agents != null && !agents.allowSharing())) {
      return Content.text(409, "ports cannot be shared\n");
    }
    Shared shared = new Shared(startedAtMillis, feed.generationApplied(), ports);
    return Content.json(shared);
  }

  /// Begins to leave; returns when the successor may act as the only one.
  ///
  /// @param closeAdmin frees the admin port
  public synchronized Content leave(Runnable closeAdmin) {
    if (leaving) {
      return Content.text(409, "leaving already\n");
    }
    leaving = true;
    LOG.atInfo().addKeyValue("connections", plane.listeners().connections()).log("Leaving");
    write();
    plane.listeners().leave();
    TunnelPort agents = tunnels;
    if (agents != null) {
      agents.leave();
    }
    feed.stopStoring();
    reporter.phase(Phase.LEAVING);
    try {
      // In the controller's books both processes have to stand before one of them is silent.
      reporter.await(REPORT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    AccessLog lines = log;
    if (lines != null) {
      lines.moveAside();
    }
    closeAdmin.run();
    Thread.ofPlatform().daemon().name("leave").start(this::finish);
    return Content.text(200, "leaving\n");
  }

  private void finish() {
    long start = System.nanoTime();
    try {
      while (!isOver(start, SHORTEST)
          || (plane.listeners().connections() > 0 && !isOver(start, drain))) {
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException ignored) {
      // Nobody interrupts this thread.
    }
    LOG.atInfo().addKeyValue("connections", plane.listeners().connections()).log("Left");
    left.run();
  }

  private static boolean isOver(long start, Duration time) {
    return System.nanoTime() - start > time.toNanos();
  }

  private void write() {
    try {
      Files.writeString(note, String.valueOf(startedAtMillis));
    } catch (IOException e) {
      LOG.atWarn().addKeyValue(LogKeys.PATH, note).setCause(e).log("Leaving cannot be noted");
    }
  }

  /// The process ends.
  public void ended() {
    try {
      Files.deleteIfExists(note);
    } catch (IOException ignored) {
      // Who reads it looks whether the process lives.
    }
  }
}
