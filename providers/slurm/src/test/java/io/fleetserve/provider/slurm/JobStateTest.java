package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.provider.Instance;
import io.fleetserve.provider.ProviderError.Category;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every state and reason of Slurm has a meaning.
final class JobStateTest {
  /// States and flags of `squeue` and `slurmrestd`, 22.05 to 25.05.
  static final List<String> WORDS =
      List.of(
          "PENDING",
          "RUNNING",
          "SUSPENDED",
          "COMPLETED",
          "CANCELLED",
          "FAILED",
          "TIMEOUT",
          "NODE_FAIL",
          "PREEMPTED",
          "BOOT_FAIL",
          "DEADLINE",
          "OUT_OF_MEMORY",
          "LAUNCH_FAILED",
          "REQUEUED",
          "REQUEUE_HOLD",
          "SPECIAL_EXIT",
          "RESIZING",
          "CONFIGURING",
          "COMPLETING",
          "STOPPED",
          "RECONFIG_FAIL",
          "POWER_UP_NODE",
          "REVOKED",
          "REQUEUE_FED",
          "RESV_DEL_HOLD",
          "SIGNALING",
          "STAGE_OUT",
          "UPDATE_DB");

  @ParameterizedTest
  @CsvSource({
    "PENDING,                    Resources,        0, PENDING,",
    "PENDING,                    Priority,         0, PENDING,",
    "PENDING,                    QOSMaxJobsPerUserLimit, 0, PENDING,",
    "PENDING,                    SomethingNew,     0, PENDING,",
    "PENDING,                    PartitionTimeLimit, 0, FAILED, INVALID_REQUEST",
    "PENDING,                    InvalidQOS,       0, FAILED, INVALID_REQUEST",
    "PENDING,                    JobHeldAdmin,     0, FAILED, INVALID_REQUEST",
    "PENDING,                    BeginTime,        1, PREEMPTED, CAPACITY_UNAVAILABLE",
    "CONFIGURING,                None,             0, PENDING,",
    "RUNNING CONFIGURING,        None,             0, RUNNING,",
    "RUNNING,                    None,             0, RUNNING,",
    "RUNNING,                    None,             1, PREEMPTED, CAPACITY_UNAVAILABLE",
    "SUSPENDED,                  None,             0, RUNNING,",
    "COMPLETING,                 None,             0, STOPPING,",
    "CANCELLED COMPLETING,       None,             0, STOPPING,",
    "CANCELLED,                  None,             0, TERMINATED,",
    "CANCELLED,                  None,             2, TERMINATED,",
    "COMPLETED,                  None,             0, TERMINATED,",
    "FAILED,                     NonZeroExitCode,  0, FAILED, TRANSIENT",
    "TIMEOUT,                    TimeLimit,        0, FAILED, TRANSIENT",
    "DEADLINE,                   DeadLine,         0, FAILED, TRANSIENT",
    "NODE_FAIL,                  None,             0, FAILED, TRANSIENT",
    "BOOT_FAIL,                  None,             0, FAILED, TRANSIENT",
    "OUT_OF_MEMORY,              OutOfMemory,      0, FAILED, INVALID_REQUEST",
    "PREEMPTED,                  None,             0, PREEMPTED, CAPACITY_UNAVAILABLE",
    "PENDING REQUEUED,           None,             0, PREEMPTED, CAPACITY_UNAVAILABLE",
    "REVOKED,                    None,             0, FAILED, TRANSIENT",
    "SPECIAL_EXIT,               None,             0, FAILED, TRANSIENT",
    "STATE_OF_THE_FUTURE,        None,             0, UNKNOWN,",
  })
  void stateMeans(
      String states,
      String reason,
      int restarts,
      Instance.State expected,
      @Nullable Category category) {
    JobState state = JobState.of(job(states, reason, restarts), "slurm/c/p");

    assertThat(state.state()).isEqualTo(expected);
    assertThat(state.failure().map(error -> error.category()).orElse(null)).isEqualTo(category);
    state.failure().ifPresent(error -> assertThat(error.message()).startsWith("slurm/c/p: job 7 "));
  }

  @ParameterizedTest
  @CsvSource({
    "RUNNING,              RUNNING",
    "PREEMPTED COMPLETING, PREEMPTED",
    "FAILED COMPLETING,    PREEMPTED",
    "CANCELLED COMPLETING, PREEMPTED",
    "FAILED,               PREEMPTED",
    "COMPLETED,            PREEMPTED",
    "CANCELLED,            PREEMPTED",
  })
  void jobThatSlurmDecidedToTakeBackIsPreemptedHoweverItEnds(
      String states, Instance.State expected) {
    SlurmJob job = job(states, "None", 0, Instant.EPOCH.plusSeconds(60));

    assertThat(JobState.of(job, "slurm/c/p").state()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void everyWordOfSlurmIsKnown(int restarts) {
    for (String word : WORDS) {
      assertThat(JobState.of(job(word, "None", restarts), "p").state())
          .as(word)
          .isNotEqualTo(Instance.State.UNKNOWN);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Resources, WAITS",
    "AssocGrpGRES, LIMIT",
    "QOSGrpCpuLimit, LIMIT",
    "MaxSubmitJobsPerAccount, LIMIT",
    "AccountNotAllowed, NEVER",
    "job requeued in held state, NEVER",
    "launch failed requeued held, NEVER",
    "ReqNodeNotAvail, WAITS",
    "'', WAITS",
    "UnheardOf, WAITS",
  })
  void reasonIsOfAKind(String reason, PendingReason.Kind kind) {
    assertThat(PendingReason.of(reason).kind()).isEqualTo(kind);
    assertThat(PendingReason.of(reason).text()).isNotBlank();
  }

  static SlurmJob job(String states, String reason, int restarts) {
    return job(states, reason, restarts, null);
  }

  private static SlurmJob job(
      String states, String reason, int restarts, @Nullable Instant preemptedAt) {
    return new SlurmJob(
        7,
        "fs-a",
        "",
        "p",
        Set.of(states.split(" ", -1)),
        reason,
        "",
        Instant.EPOCH,
        null,
        null,
        preemptedAt,
        restarts,
        1,
        "node1",
        "");
  }
}
