package io.fleetserve.controller.run;

import io.fleetserve.controller.home.ControllerConfig;
import java.net.InetAddress;

/// Which of the agents that have to join reach the controller at the address of the tunnels' port,
/// where a load balancer passes them on, and so need that one address only.
enum OneAddress {
  NOBODY,
  /// Those on other machines: the controller's own port is on loopback.
  OTHER_MACHINES,
  EVERYBODY;

  static OneAddress of(ControllerConfig config) {
    ControllerConfig.Agents agents = config.controller().agents();
    if (config.loadBalancer().tunnel() == null) {
      return NOBODY;
    }
    if (agents.byTunnel()) {
      return EVERYBODY;
    }
    return agents.url().isEmpty() && isLoopback(agents.bindHost()) ? OTHER_MACHINES : NOBODY;
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException name) {
      return host.equals("localhost");
    }
  }

  /// @param remote the agent is on another machine
  boolean isFor(boolean remote) {
    return switch (this) {
      case NOBODY -> false;
      case OTHER_MACHINES -> remote;
      case EVERYBODY -> true;
    };
  }
}
