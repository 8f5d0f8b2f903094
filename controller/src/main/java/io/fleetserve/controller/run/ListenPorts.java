package io.fleetserve.controller.run;

import io.fleetserve.controller.problem.Problems;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Chooses the port of a service's listener: the fixed one if it is free, else the lowest free one.
/// A port counts as free when no other service has it and it can be bound now. Stateless.
final class ListenPorts {
  private static final int HIGHEST = 65_535;

  private ListenPorts() {}

  /// @param fixed port of the service file; null means any
  /// @param taken port of every other service, with its name
  /// @throws io.fleetserve.controller.problem.ProblemException when there is none
  static int choose(
      @Nullable Integer fixed, int firstPort, String bindHost, Map<Integer, String> taken) {
    if (fixed != null) {
      String owner = taken.get(fixed);
      if (owner != null) {
        throw Problems.portInUse(fixed, " by service " + owner);
      }
      if (!canBind(bindHost, fixed)) {
        throw Problems.portInUse(fixed, "");
      }
      return fixed;
    }
    for (int port = firstPort; port <= HIGHEST; port++) {
      if (!taken.containsKey(port) && canBind(bindHost, port)) {
        return port;
      }
    }
    throw Problems.portInUse(HIGHEST, " as is every port from " + firstPort);
  }

  /// The lowest port from `first` that can be bound on loopback.
  static Optional<Integer> lowestFree(int first) {
    for (int port = first; port <= HIGHEST; port++) {
      if (canBind("127.0.0.1", port)) {
        return Optional.of(port);
      }
    }
    return Optional.empty();
  }

  private static boolean canBind(String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As a server binds: a port whose last connections are still in TIME_WAIT is free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
