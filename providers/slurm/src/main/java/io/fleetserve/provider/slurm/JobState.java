package io.fleetserve.provider.slurm;

import io.fleetserve.provider.Instance;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import java.util.Optional;

/// What a job's state means for its replica. Total: every state of Slurm up to 25.05 is named, an
/// unseen one is UNKNOWN. Pure.
///
/// A job has one base state and any number of flags. A replica's job is started once: one that runs
/// again after a requeue has lost its replica, whatever its state says.
///
/// @param failure why it is FAILED or PREEMPTED
record JobState(Instance.State state, Optional<ProviderError> failure) {
  /// @param place for messages, `slurm/cluster/partition`
  static JobState of(SlurmJob job, String place) {
    String about = place + ": job " + job.id() + " ";
    // A job that ends by itself in its grace has the state of its script's end, not of the cause.
    boolean ended = job.isOver() || job.is("COMPLETING");
    if (job.is("PREEMPTED") || (ended && job.preemptedAt() != null)) {
      return preempted(about);
    }
    if (job.is("CANCELLED") || job.is("COMPLETED")) {
      // While its processes are being ended it is not over.
      Instance.State state =
          job.is("COMPLETING") ? Instance.State.STOPPING : Instance.State.TERMINATED;
      return new JobState(state, Optional.empty());
    }
    if (job.restarts() > 0 || job.is("REQUEUED") || job.is("REQUEUE_HOLD") || requeues(job)) {
      return ended(
          Instance.State.PREEMPTED,
          Category.CAPACITY_UNAVAILABLE,
          about + "was requeued: its nodes were taken for another job");
    }
    if (job.reason().equals("Preempted")) {
      return preempted(about);
    }
    if (job.is("REVOKED") || job.is("SPECIAL_EXIT") || job.is("RECONFIG_FAIL")) {
      return ended(Instance.State.FAILED, Category.TRANSIENT, about + "is " + job.stateText());
    }
    if (job.is("TIMEOUT") || job.is("DEADLINE")) {
      return ended(
          Instance.State.FAILED,
          Category.TRANSIENT,
          about
              + "reached the end of its walltime; raise walltime, or let a successor start"
              + " earlier (handover)");
    }
    if (job.is("NODE_FAIL") || job.is("BOOT_FAIL") || job.is("LAUNCH_FAILED")) {
      return ended(
          Instance.State.FAILED,
          Category.TRANSIENT,
          about + "lost a node" + (job.nodes().isEmpty() ? "" : " of " + job.nodes()));
    }
    if (job.is("OUT_OF_MEMORY")) {
      return ended(
          Instance.State.FAILED,
          Category.INVALID_REQUEST,
          about + "was killed for lack of memory; raise resources.memory");
    }
    if (job.is("FAILED")) {
      return ended(
          Instance.State.FAILED,
          Category.TRANSIENT,
          about + "failed with exit code " + job.exitCode() + because(job));
    }
    if (job.is("PENDING")) {
      return pending(PendingReason.of(job.reason()), about);
    }
    if (job.is("COMPLETING") || job.is("STAGE_OUT") || job.is("SIGNALING") || job.is("STOPPED")) {
      return new JobState(Instance.State.STOPPING, Optional.empty());
    }
    if (job.is("RUNNING") || job.is("SUSPENDED") || job.is("RESIZING")) {
      return new JobState(Instance.State.RUNNING, Optional.empty());
    }
    if (job.is("CONFIGURING")
        || job.is("POWER_UP_NODE")
        || job.is("RESV_DEL_HOLD")
        || job.is("UPDATE_DB")) {
      return new JobState(Instance.State.PENDING, Optional.empty());
    }
    return new JobState(Instance.State.UNKNOWN, Optional.empty());
  }

  private static JobState preempted(String about) {
    return ended(
        Instance.State.PREEMPTED,
        Category.CAPACITY_UNAVAILABLE,
        about + "was preempted by a job of a higher priority");
  }

  /// A job that Slurm will never start has failed; one that waits is pending, however long.
  private static JobState pending(PendingReason reason, String about) {
    return reason.kind() == PendingReason.Kind.NEVER
        ? ended(
            Instance.State.FAILED,
            Category.INVALID_REQUEST,
            about + "will never start: " + reason.text())
        : new JobState(Instance.State.PENDING, Optional.empty());
  }

  private static boolean requeues(SlurmJob job) {
    return job.is("REQUEUE_FED") || job.reason().equals("JobRequeued");
  }

  private static JobState ended(Instance.State state, Category category, String message) {
    return new JobState(state, Optional.of(new ProviderError(category, null, null, message)));
  }

  private static String because(SlurmJob job) {
    boolean none = job.reason().isEmpty() || job.reason().equals("None");
    return none ? "" : " (" + job.reason() + ")";
  }
}
