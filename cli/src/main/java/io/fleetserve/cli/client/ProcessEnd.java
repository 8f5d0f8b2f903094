package io.fleetserve.cli.client;

import io.fleetserve.api.wire.ControllerInfo;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.json.JsonMapper;

/// Waits for the processes of a home that were asked to stop.
public final class ProcessEnd {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 10_000_000;

  private ProcessEnd() {}

  /// Waits until the controller has ended, and its load balancer too.
  ///
  /// @param keepServing the load balancer was not asked
  /// @return whether they ended within a minute
  public static boolean await(
      ControllerInfo controller, HomeFolder home, boolean keepServing, JsonMapper json) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (LiveProcess.is(controller.pid(), controller.processStartMillis())
        || (!keepServing && home.loadBalancer(json).isPresent())) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }
}
