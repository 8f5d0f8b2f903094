package io.fleetserve.provider.ssh;

import io.fleetserve.provider.InstanceRef;

/// Name of an instance: `<pool>/<host>/<name at the host>`; the last part ends with the attempt id.
record SshName(String pool, String host, String local) {
  /// @throws IllegalArgumentException when the id was not made by this provider
  static SshName of(InstanceRef ref) {
    String[] parts = ref.id().split("/", 3);
    if (parts.length != 3 || parts[2].lastIndexOf('.') <= 0) {
      throw new IllegalArgumentException(
          "instance: " + ref.id() + " (expected: pool/host/service-replica-generation.attempt)");
    }
    return new SshName(parts[0], parts[1], parts[2]);
  }

  static SshName on(Pool.Host host, String local) {
    return new SshName(host.pool(), host.name(), local);
  }

  String place() {
    return pool + "/" + host;
  }

  String attemptId() {
    return local.substring(local.lastIndexOf('.') + 1);
  }

  InstanceRef ref() {
    return new InstanceRef(SshProvider.NAME, pool + "/" + host + "/" + local);
  }
}
