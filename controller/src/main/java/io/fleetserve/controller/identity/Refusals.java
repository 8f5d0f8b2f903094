package io.fleetserve.controller.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/// Passes on what was refused, at most some lines a minute: whoever knocks often must not fill the
/// audit trail. What was left out is counted in the next line. Thread-safe.
public final class Refusals {
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MOST = 20;

  private final Clock clock;
  private final Consumer<String> audit;
  private Instant since = Instant.MIN;
  private int told;
  private int leftOut;

  /// @param audit told one line each
  public Refusals(Clock clock, Consumer<String> audit) {
    this.clock = clock;
    this.audit = audit;
  }

  public void refused(String what) {
    String line;
    synchronized (this) {
      Instant now = clock.instant();
      if (since.equals(Instant.MIN) || !now.isBefore(since.plus(WINDOW))) {
        since = now;
        told = 0;
      }
      if (++told > MOST) {
        leftOut++;
        return;
      }
      line = leftOut == 0 ? what : what + " (" + leftOut + " more were refused before)";
      leftOut = 0;
    }
    audit.accept(line);
  }
}
