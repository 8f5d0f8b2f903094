package io.fleetserve.provider.slurm;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One job as Slurm tells it, of whichever version.
///
/// @param states base state and flags, in capitals: `RUNNING`, `COMPLETING`
/// @param reason why it waits or ended, Slurm's word; `None` when there is none
/// @param description longer than the reason; empty when there is none
/// @param comment ours, with the mark; empty when there is none
/// @param submittedAt of the job
/// @param startedAt null before it ran
/// @param endsAt of a running job the end of its walltime, of an ended one its end; null when there
///   is none
/// @param preemptedAt when Slurm decided to take it back; null while it did not
/// @param restarts how often it was started again after a requeue
/// @param exitCode of the script; 128 + n for signal n
/// @param nodes compact list, for example `node[1-2]`; empty before it ran
record SlurmJob(
    long id,
    String name,
    String comment,
    String partition,
    Set<String> states,
    String reason,
    String description,
    Instant submittedAt,
    @Nullable Instant startedAt,
    @Nullable Instant endsAt,
    @Nullable Instant preemptedAt,
    int restarts,
    int exitCode,
    String nodes,
    String output) {
  private static final Set<String> ENDED =
      Set.of(
          "COMPLETED",
          "CANCELLED",
          "FAILED",
          "TIMEOUT",
          "NODE_FAIL",
          "PREEMPTED",
          "BOOT_FAIL",
          "DEADLINE",
          "OUT_OF_MEMORY",
          "REVOKED");

  SlurmJob {
    states = Set.copyOf(states);
  }

  boolean is(String state) {
    return states.contains(state);
  }

  /// Whether nothing of it is left to be ended.
  boolean isOver() {
    return ENDED.stream().anyMatch(states::contains) && !is("COMPLETING");
  }

  String stateText() {
    return String.join("+", states.stream().sorted().toList());
  }
}
