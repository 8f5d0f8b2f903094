package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.settings.ProxySettings;
import java.time.Duration;

/// The separate clocks of a client connection: head, body, idleness, an answer that nobody takes,
/// and the end. Pure but for its own fields; confined to its lane. Times are monotonic nanoseconds.
final class ClientDeadlines {
  /// What has to happen now.
  enum Due {
    NONE,
    CLOSE,
    SLOW_HEAD,
    SLOW_BODY
  }

  private static final Duration LAST_IDLE = Duration.ofSeconds(5);

  private final ProxySettings settings;
  private final BodyPace pace;
  private long idleSince;
  private long headSince;
  private boolean inHead;
  private long stalledSince;
  private boolean stalled;
  private long lingerSince;
  private boolean ending;
  private boolean lingering;

  ClientDeadlines(ProxySettings settings, long now) {
    this.settings = settings;
    pace = new BodyPace(settings, now);
    idleSince = now;
  }

  /// Reading goes on.
  void progress(long now) {
    pace.progress(now);
  }

  /// Bytes came.
  void progress(int bytes, long now) {
    pace.progress(bytes, now);
  }

  /// A head has begun, or goes on.
  void head(long now) {
    if (!inHead) {
      inHead = true;
      headSince = now;
      progress(now);
    }
  }

  /// Between two requests.
  void idle(long now) {
    inHead = false;
    idleSince = now;
  }

  void writable(boolean writable, long now) {
    stalled = !writable || ending;
    stalledSince = now;
  }

  /// Nothing more will be written: the client has as long as for any stall to take what there is.
  void ending(long now) {
    ending = true;
    writable(false, now);
  }

  /// All was taken; what is left is the client's own end.
  void linger(long now) {
    lingering = true;
    lingerSince = now;
  }

  /// @param ending idle connections are to be closed, except those that were in use just now
  /// @param busy a request is under way
  /// @param waitsForBody bytes of its body are expected and wanted
  Due check(long now, boolean ending, boolean busy, boolean tunnel, boolean waitsForBody) {
    if (lingering) {
      return now - lingerSince > settings.times().linger().toNanos() ? Due.CLOSE : Due.NONE;
    }
    if (stalled && now - stalledSince > settings.times().stall().toNanos()) {
      return Due.CLOSE;
    }
    if (tunnel) {
      return now - pace.progressAt() > settings.times().tunnelIdle().toNanos()
          ? Due.CLOSE
          : Due.NONE;
    }
    if (busy) {
      return waitsForBody && pace.isSlow(now) ? Due.SLOW_BODY : Due.NONE;
    }
    if (inHead) {
      return now - headSince > settings.times().head().toNanos() ? Due.SLOW_HEAD : Due.NONE;
    }
    Duration limit = ending ? LAST_IDLE : settings.times().idle();
    return now - idleSince > limit.toNanos() ? Due.CLOSE : Due.NONE;
  }
}
