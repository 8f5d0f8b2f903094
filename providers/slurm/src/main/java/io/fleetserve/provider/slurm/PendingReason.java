package io.fleetserve.provider.slurm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Why a job waits, in words for people. Total: limits are known by their form, any other unseen
/// reason is a wait. Pure.
///
/// @param kind whether it can end by itself
/// @param text what it means and what to do
record PendingReason(Kind kind, String text) {
  /// What waiting is good for.
  enum Kind {
    /// It starts when its turn comes.
    WAITS,
    /// It starts when other jobs of the account, the QOS or the user end.
    LIMIT,
    /// It does not start as it is.
    NEVER
  }

  private static final Map<String, PendingReason> KNOWN = new HashMap<>();

  static {
    waits("not looked at yet", "None", "SchedDefer", "Cleaning", "Prolog", "FedJobLock");
    waits("jobs of a higher priority come first", "Priority");
    waits("no free resources", "Resources", "NodesNotAvail", "ReqNodeNotAvail", "NodeDown");
    waits("licenses are in use", "Licenses");
    waits("its begin time has not come", "BeginTime");
    waits("a job it depends on has not ended", "Dependency", "JobArrayTaskLimit");
    waits("its reservation has not begun", "Reservation", "ReservationOverlap");
    waits("the partition is down or drained", "PartitionDown", "PartitionInactive");
    waits("the front end or the controller is down", "FrontEndDown", "SystemFailure");
    waits(
        "its data is brought in",
        "BurstBufferResources",
        "BurstBufferOperation",
        "BurstBufferStageIn");
    limit(
        "a limit of the account is reached",
        "AssociationJobLimit",
        "AssociationResourceLimit",
        "AssociationTimeLimit",
        "AccountingPolicy");
    limit(
        "a limit of the QOS is reached",
        "QOSJobLimit",
        "QOSResourceLimit",
        "QOSTimeLimit",
        "QOSUsageThreshold");
    never("the wish is beyond what the partition allows", "PartitionNodeLimit");
    never(
        "the wish, or who makes it, is not what the partition allows; check account, cpus, memory"
            + " and num_nodes",
        "PartitionConfig");
    never("the walltime is beyond the partition's limit; lower walltime", "PartitionTimeLimit");
    never("no node has what constraint asks for", "BadConstraints");
    never("an account that does not exist; check account", "InvalidAccount");
    never("the account may not use the partition; check account", "AccountNotAllowed");
    never("a QOS that does not exist; check qos", "InvalidQOS");
    never("the QOS may not be used in the partition; check qos", "QOSNotAllowed");
    never("a job it depends on failed", "DependencyNeverSatisfied");
    never("held by an administrator; ask why: scontrol show job", "JobHeldAdmin");
    never("held by its user; scontrol release, or end it", "JobHeldUser");
    never("it could not be started several times", "JobHoldMaxRequeue", "JobLaunchFailure");
    never("its reservation is gone", "ReservationDeleted");
    never("its deadline has passed", "DeadLine");
    never("it asks for more memory than a limit allows", "MaxMemPerLimit");
  }

  private static void waits(String text, String... reasons) {
    add(Kind.WAITS, text, reasons);
  }

  private static void limit(String text, String... reasons) {
    add(Kind.LIMIT, text, reasons);
  }

  private static void never(String text, String... reasons) {
    add(Kind.NEVER, text, reasons);
  }

  private static void add(Kind kind, String text, String... reasons) {
    for (String reason : reasons) {
      KNOWN.put(reason, new PendingReason(kind, text));
    }
  }

  /// @param reason Slurm's word, for example `Resources`
  static PendingReason of(String reason) {
    String word = reason.strip();
    PendingReason known = KNOWN.get(word);
    if (known != null) {
      return known;
    }
    // Held after a failed start or a requeue, in Slurm's own sentence.
    if (word.toLowerCase(java.util.Locale.ROOT).contains("held")) {
      return new PendingReason(Kind.NEVER, word);
    }
    for (String family : List.of("Assoc", "QOS", "Max")) {
      if (word.startsWith(family)) {
        return new PendingReason(Kind.LIMIT, "a limit is reached: " + word);
      }
    }
    return new PendingReason(Kind.WAITS, word.isEmpty() ? "not looked at yet" : word);
  }
}
