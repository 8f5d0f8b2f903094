package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.loadbalancer.lane.Lane;
import org.jspecify.annotations.Nullable;

/// How long one request may take, in all and at a replica. Confined to its lane.
final class TimeLimits {
  private final Lane lane;
  private final long startedAt;
  private long askedAt;
  private long silentSince;

  /// What ran out.
  enum Passed {
    NOTHING,
    /// The whole request took too long.
    REQUEST,
    /// The answer did not begin in time.
    FIRST_BYTE,
    /// The replica was silent for too long.
    SILENCE
  }

  /// @param startedAt monotonic nanoseconds at which the request was accepted
  TimeLimits(Lane lane, long startedAt) {
    this.lane = lane;
    this.startedAt = startedAt;
  }

  /// Bytes moved, or it is somebody else's turn.
  void progress() {
    silentSince = lane.coarseNow();
  }

  /// The replica has all it needs to answer.
  void asked(long now) {
    askedAt = now;
  }

  /// Looks at the time.
  ///
  /// @param answer of the current attempt; null while there is none
  /// @param unanswered the final answer has not begun
  /// @param wholeBody the client has sent all of its request
  Passed check(
      ServiceRoute rule, @Nullable Relay answer, boolean unanswered, boolean wholeBody, long now) {
    long whole = rule.protection().requestTimeoutMillis();
    if (whole > 0 && now - startedAt > millis(whole) && (answer == null || !answer.isTunnel())) {
      return Passed.REQUEST;
    }
    if (answer == null) {
      return Passed.NOTHING;
    }
    if (answer.isTunnel() || isClientsTurn(answer, wholeBody)) {
      progress();
    }
    long silence = rule.streamTimeoutMillis();
    if (silence > 0 && now - silentSince > millis(silence)) {
      return Passed.SILENCE;
    }
    long first = rule.protection().firstByteTimeoutMillis();
    return first > 0 && unanswered && wholeBody && now - askedAt > millis(first)
        ? Passed.FIRST_BYTE
        : Passed.NOTHING;
  }

  private static boolean isClientsTurn(Relay answer, boolean wholeBody) {
    return !answer.upstream().isReading() || (!wholeBody && answer.upstream().isWritable());
  }

  private static long millis(long value) {
    return value * 1_000_000;
  }
}
