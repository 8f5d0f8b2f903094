package io.fleetserve.loadbalancer.handover;

/// A process cannot take over from the one that serves, which goes on serving.
public final class HandoverRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  public HandoverRefused(String why) {
    super(why);
  }

  HandoverRefused(String why, Throwable cause) {
    super(why, cause);
  }
}
