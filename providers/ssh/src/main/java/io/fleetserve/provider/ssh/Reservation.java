package io.fleetserve.provider.ssh;

import java.util.List;
import java.util.Map;

/// What one attempt holds of a host.
///
/// @param place of the host, `<pool>/<host>`
/// @param cpus 0 means none in particular
/// @param accelerators model as the host tells it, to number
/// @param devices numbers of its accelerators on the host; empty when the host did not tell
/// @param forwardedPort loopback port of the host that leads its agent to the controller; 0 means
///   that it reaches the controller itself
record Reservation(
    String attemptId,
    String place,
    double cpus,
    long memoryBytes,
    Map<String, Integer> accelerators,
    List<Integer> devices,
    int forwardedPort) {
  Reservation {
    accelerators = Map.copyOf(accelerators);
    devices = List.copyOf(devices);
  }

  Reservation withForwardedPort(int port) {
    return new Reservation(attemptId, place, cpus, memoryBytes, accelerators, devices, port);
  }
}
