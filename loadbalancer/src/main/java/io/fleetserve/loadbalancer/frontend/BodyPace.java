package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.settings.ProxySettings;

/// How fast a client sends the body of a request. Pure but for its own fields; confined to its
/// lane. Times are monotonic nanoseconds.
final class BodyPace {
  /// Times the longest silence in which a client must send the fewest bytes of a body: one that
  /// sends a byte now and then would hold its replica for ever.
  private static final int SPAN = 4;

  private final ProxySettings settings;
  private long progressAt;
  private long spanAt;
  private int bytes;

  BodyPace(ProxySettings settings, long now) {
    this.settings = settings;
    progress(now);
  }

  /// When bytes came last, or reading went on.
  long progressAt() {
    return progressAt;
  }

  /// Reading goes on.
  void progress(long now) {
    progressAt = now;
    spanAt = now;
    bytes = 0;
  }

  /// Bytes came. A few end a silence, but not the span in which more are due.
  void progress(int more, long now) {
    progressAt = now;
    bytes += more;
    if (bytes >= settings.limits().bodyBytes()) {
      spanAt = now;
      bytes = 0;
    }
  }

  /// Whether a client whose bytes are waited for is too slow.
  boolean isSlow(long now) {
    long silence = settings.times().body().toNanos();
    return now - progressAt > silence || now - spanAt > SPAN * silence;
  }
}
