package io.fleetserve.provider.slurm;

/// How a version of Slurm's REST API writes a submission.
enum RestDialect {
  /// Up to v0.0.38: as the next, but `requeue: false` is read over; the option of `sbatch`,
  /// `no_requeue`, is not.
  BY_OPTION,
  /// Up to v0.0.39: plain numbers, a mapping for the environment, `gres`.
  PLAIN,
  /// From v0.0.40 on: numbers with `set`, a list for the environment, `tres_per_node`; the script
  /// beside the job.
  SCRIPT_BESIDE,
  /// From v0.0.41 on: the same, with the script in the job.
  SCRIPT_INSIDE;

  /// @param version for example `v0.0.38`
  static RestDialect of(String version) {
    int number = Integer.parseInt(version.substring(version.lastIndexOf('.') + 1));
    return number < 39
        ? BY_OPTION
        : number < 40 ? PLAIN : number < 41 ? SCRIPT_BESIDE : SCRIPT_INSIDE;
  }

  boolean plain() {
    return this == BY_OPTION || this == PLAIN;
  }
}
