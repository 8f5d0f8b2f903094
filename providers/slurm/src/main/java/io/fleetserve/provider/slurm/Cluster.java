package io.fleetserve.provider.slurm;

/// A cluster that is used.
///
/// @param name as in `infra: slurm/name`
record Cluster(String name, SlurmSettings settings, SlurmTransport transport) {
  /// For messages and for the scope of errors.
  String place() {
    return SlurmProvider.NAME + "/" + name;
  }

  String place(String partition) {
    return place() + "/" + partition;
  }
}
