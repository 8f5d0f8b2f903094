package io.fleetserve.provider.slurm;

import io.fleetserve.provider.InstanceRef;
import java.util.Optional;

/// The id of an instance: `<cluster>/<job>/<attempt>`. The attempt is part of it, because a cluster
/// that lost its state gives the same numbers again.
record JobRef(String cluster, long job, String attemptId) {
  /// Empty when the id was not made by this provider.
  static Optional<JobRef> of(InstanceRef ref) {
    String[] parts = ref.id().split("/", -1);
    return parts.length == 3 && parts[1].matches("\\d{1,18}")
        ? Optional.of(new JobRef(parts[0], Long.parseLong(parts[1]), parts[2]))
        : Optional.empty();
  }

  InstanceRef ref() {
    return new InstanceRef(SlurmProvider.NAME, cluster + "/" + job + "/" + attemptId);
  }
}
