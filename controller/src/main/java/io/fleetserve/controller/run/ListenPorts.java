package io.fleetserve.controller.run;

import io.fleetserve.controller.home.StartupException;
import io.fleetserve.controller.problem.Problems;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
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

  /// A port that is meant to stay the same: the configured one, else the kept one, else the lowest
  /// from `first` that can be bound on loopback.
  ///
  /// @param configured 0 means none, as does 0 for `kept`
  /// @throws StartupException when there is none
  static int lasting(int configured, int kept, int first) {
    if (configured != 0) {
      return configured;
    }
    if (kept != 0) {
      return kept;
    }
    for (int port = first; port <= HIGHEST; port++) {
      if (canBind("127.0.0.1", port)) {
        return port;
      }
    }
    throw new StartupException("no port from " + first + " is free");
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
