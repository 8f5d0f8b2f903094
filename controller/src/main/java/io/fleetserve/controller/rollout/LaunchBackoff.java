package io.fleetserve.controller.rollout;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.model.Replica;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When the next replica of a version may be launched after failures: 1 s after the first in a row,
/// doubling to 5 minutes.
///
/// A replica that was ready for ten seconds ends the row: its own end, and failures before it
/// became ready, do not count. Neither do preemptions, nor a failure more than an hour older than
/// the one after it. The memory is the failed rows themselves, so it survives a restart.
///
/// @param streak failures in a row
/// @param notBefore earliest launch; null means at once
public record LaunchBackoff(int streak, @Nullable Instant notBefore) {
  /// Rows of failed replicas that must be kept for the longest wait to be known.
  public static final int MEMORY = 10;

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration STABLE = Duration.ofSeconds(10);
  private static final Duration FORGIVEN = Duration.ofHours(1);

  public static LaunchBackoff of(List<Replica> replicas, int version, Instant now) {
    List<Replica> own = replicas.stream().filter(replica -> replica.version() == version).toList();
    Instant stableSince =
        own.stream()
            .filter(replica -> wasStable(replica, now))
            .map(LaunchBackoff::readyAt)
            .max(Comparator.naturalOrder())
            .orElse(Instant.MIN);
    List<Instant> failures =
        own.stream()
            .filter(LaunchBackoff::counts)
            .filter(replica -> !wasStable(replica, now))
            .map(Replica::statusSince)
            .filter(at -> at.isAfter(stableSince))
            .sorted(Comparator.reverseOrder())
            .toList();
    int streak = 0;
    Instant newer = now;
    for (Instant at : failures) {
      if (streak > 0 && Duration.between(at, newer).compareTo(FORGIVEN) > 0) {
        break;
      }
      streak++;
      newer = at;
    }
    if (streak == 0) {
      return new LaunchBackoff(0, null);
    }
    Instant last = failures.getFirst().isAfter(now) ? now : failures.getFirst();
    return new LaunchBackoff(streak, last.plus(delay(streak)));
  }

  /// Delay after `failures` in a row, >= 1.
  public static Duration delay(int failures) {
    Duration delay = FIRST.multipliedBy(1L << Math.min(failures - 1, 20));
    return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
  }

  public boolean allows(Instant now) {
    return notBefore == null || !now.isBefore(notBefore);
  }

  public Optional<Instant> notBeforeIfAny() {
    return Optional.ofNullable(notBefore);
  }

  private static boolean counts(Replica replica) {
    return replica.status().isFailed()
        && replica.status() != ReplicaStatus.PREEMPTED
        && replica.status() != ReplicaStatus.FAILED_CLEANUP
        && replica.status() != ReplicaStatus.UNKNOWN;
  }

  private static boolean wasStable(Replica replica, Instant now) {
    Instant ready = replica.firstReadyAt();
    if (replica.status().isEnding() || replica.status() == ReplicaStatus.FAILED_CLEANUP) {
      return false; // Nobody knows any more how long it was ready.
    }
    Instant end = replica.status().isAlive() ? now : replica.statusSince();
    return ready != null && Duration.between(ready, end).compareTo(STABLE) >= 0;
  }

  private static Instant readyAt(Replica replica) {
    Instant ready = replica.firstReadyAt();
    return ready == null ? Instant.MIN : ready;
  }
}
