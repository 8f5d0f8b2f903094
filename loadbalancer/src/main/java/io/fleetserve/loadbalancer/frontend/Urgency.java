package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.Service;

/// What must not wait for the next tick or the next report. Thread-safe; returns at once.
public interface Urgency {
  /// The controller has to know now: a request waits without a replica, or a draining replica is
  /// idle.
  void report();

  /// A replica may take requests again: waiting ones should try, on every lane.
  void resume(Service service);
}
