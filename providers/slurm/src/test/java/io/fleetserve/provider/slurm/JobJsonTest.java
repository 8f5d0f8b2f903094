package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.Json;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Jobs as different versions of Slurm write them.
final class JobJsonTest {
  @Test
  void plainNumbersAndStatesOfOlderVersions() {
    SlurmJob job =
        one(
            """
            {"jobs": [{"job_id": 12, "name": "fs-a1", "comment": "x", "partition": "spot",
              "job_state": "RUNNING", "state_reason": "None", "submit_time": 1000,
              "start_time": 1001, "end_time": 4600, "preempt_time": 0, "restart_cnt": 2,
              "exit_code": 768, "nodes": "node3", "standard_output": "/dev/null"}]}
            """);

    assertThat(job.id()).isEqualTo(12);
    assertThat(job.states()).containsExactly("RUNNING");
    assertThat(job.endsAt()).isEqualTo(Instant.ofEpochSecond(4600));
    assertThat(job.preemptedAt()).isNull();
    assertThat(job.restarts()).isEqualTo(2);
    assertThat(job.exitCode()).isEqualTo(3);
  }

  @Test
  void numbersWithSetAndListsOfStatesOfNewerVersions() {
    SlurmJob job =
        one(
            """
            {"jobs": [{"job_id": 12, "name": "fs-a1",
              "comment": {"administrator": "", "job": "mine", "system": ""},
              "partition": "spot", "job_state": ["RUNNING", "COMPLETING"],
              "state_reason": "None", "submit_time": {"set": true, "infinite": false, "number": 9},
              "end_time": {"set": true, "infinite": true, "number": 0},
              "preempt_time": {"set": true, "infinite": false, "number": 50},
              "exit_code": {"status": ["SIGNALED"], "return_code": {"set": false, "number": 0},
                "signal": {"id": {"set": true, "infinite": false, "number": 9}, "name": "KILL"}}}]}
            """);

    assertThat(job.states()).containsExactlyInAnyOrder("RUNNING", "COMPLETING");
    assertThat(job.comment()).isEqualTo("mine");
    assertThat(job.submittedAt()).isEqualTo(Instant.ofEpochSecond(9));
    assertThat(job.endsAt()).isNull();
    assertThat(job.preemptedAt()).isEqualTo(Instant.ofEpochSecond(50));
    assertThat(job.exitCode()).isEqualTo(137);
  }

  @Test
  void emptyJobIsReadWithoutAnError() {
    SlurmJob job = one("{\"jobs\": [{}]}");

    assertThat(job.id()).isZero();
    assertThat(job.states()).isEmpty();
    assertThat(JobMark.of(job)).isEmpty();
  }

  /// Without a limit the end lies a year or more ahead, or in the next century.
  @ParameterizedTest
  @CsvSource({"4294967294", "6090621400", "0", "-1"})
  void endThatIsNoneIsNull(long end) {
    assertThat(one("{\"jobs\": [{\"job_id\": 1, \"end_time\": " + end + "}]}").endsAt()).isNull();
  }

  private static SlurmJob one(String json) {
    return JobJson.jobs(Json.MAPPER.readTree(json)).getFirst();
  }
}
