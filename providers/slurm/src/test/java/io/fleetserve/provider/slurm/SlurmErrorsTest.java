package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Refusals in Slurm's own words.
final class SlurmErrorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sbatch: error: Batch job submission failed: Invalid partition name specified | INVALID_REQUEST",
        "sbatch: error: Batch job submission failed: Requested node configuration is not available | CAPACITY_UNAVAILABLE",
        "sbatch: error: Batch job submission failed: Invalid feature specification | INVALID_REQUEST",
        "sbatch: error: Memory specification can not be satisfied | CAPACITY_UNAVAILABLE",
        "sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified | AUTH_FAILED",
        "sbatch: error: Batch job submission failed: User's group not permitted to use this partition | AUTH_FAILED",
        "sbatch: error: Batch job submission failed: Access/permission denied | AUTH_FAILED",
        "sbatch: error: Batch job submission failed: Invalid qos specification | INVALID_REQUEST",
        "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits) | QUOTA_EXCEEDED",
        "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure) | TRANSIENT",
        "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation | OUTCOME_UNKNOWN",
        "sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit) | INVALID_REQUEST",
        "sbatch: error: Batch job submission failed: Invalid generic resource (gres) specification | INVALID_REQUEST",
        "slurmrestd: authentication failed (401): check user and token_file | AUTH_FAILED",
        "something never seen before | INVALID_REQUEST",
      })
  void refusalMeans(String text, Category category) {
    ProviderError error = SlurmErrors.of(text, "slurm/c", "p");

    assertThat(error.category()).isEqualTo(category);
    assertThat(error.message()).startsWith("slurm/c/p: ").contains(text);
    assertThat(error.scope()).isEqualTo("p");
  }
}
