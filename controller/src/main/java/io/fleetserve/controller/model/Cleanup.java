package io.fleetserve.controller.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How far the end of a replica has come.
///
/// @param stopSentAt when the agent was told to stop; null before
/// @param stopped the agent said that nothing of the replica runs any more
/// @param terminateSentAt when the provider was last asked to end the instance; null before
/// @param failures of ending, in a row
/// @param failedAt of the last of them; null when there was none
/// @param released the provider says nothing is left: the row holds no machine
public record Cleanup(
    @Nullable Instant stopSentAt,
    boolean stopped,
    @Nullable Instant terminateSentAt,
    int failures,
    @Nullable Instant failedAt,
    boolean released) {
  /// Not begun.
  public static final Cleanup NONE = new Cleanup(null, false, null, 0, null, false);

  /// Nothing was ever made, or nothing is left.
  public static final Cleanup RELEASED = new Cleanup(null, true, null, 0, null, true);

  public Cleanup withStopSentAt(Instant at) {
    return new Cleanup(at, stopped, terminateSentAt, failures, failedAt, released);
  }

  public Cleanup withStopped() {
    return new Cleanup(stopSentAt, true, terminateSentAt, failures, failedAt, released);
  }

  public Cleanup withTerminateSentAt(Instant at) {
    return new Cleanup(stopSentAt, stopped, at, failures, failedAt, released);
  }

  /// One more failed try.
  public Cleanup withFailure(Instant at) {
    return new Cleanup(stopSentAt, stopped, null, failures + 1, at, released);
  }

  public Cleanup withReleased() {
    return new Cleanup(stopSentAt, true, terminateSentAt, failures, failedAt, true);
  }

  /// Something turned up after all: end it again.
  public Cleanup reopened() {
    return new Cleanup(stopSentAt, stopped, null, failures, failedAt, false);
  }
}
