package io.fleetserve.provider.slurm;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A job to be submitted.
///
/// @param gpus typed GRES per node, for example `gpu:a100:2`; empty means none
/// @param cpus of each node; 0 means Slurm's default
/// @param memoryMib of each node; 0 means Slurm's default
/// @param walltime empty means the partition's default
/// @param output file for what the script prints
/// @param options more of `sbatch`, by their long names; an empty value means a flag
/// @param script starts with `#!`; holds secrets
record JobRequest(
    JobMark mark,
    String partition,
    int nodes,
    List<String> gpus,
    int cpus,
    long memoryMib,
    Optional<Duration> walltime,
    String output,
    Map<String, String> options,
    String script) {
  JobRequest {
    gpus = List.copyOf(gpus);
    options = new TreeMap<>(options);
  }

  @Override
  public String toString() {
    return "JobRequest[" + mark.name() + " in " + partition + "]";
  }
}
