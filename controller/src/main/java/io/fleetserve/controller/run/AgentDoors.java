package io.fleetserve.controller.run;

import io.fleetserve.controller.home.ControllerConfig;
import io.fleetserve.controller.identity.AgentDoor;
import io.fleetserve.controller.identity.Authority;
import io.fleetserve.controller.identity.Joins;
import io.fleetserve.controller.identity.Refusals;
import io.fleetserve.controller.identity.TunnelDoor;
import io.fleetserve.controller.store.Store;
import java.util.function.Consumer;

/// Prepares the place where agents on other machines reach the controller. Its port is part of what
/// agents are started with, so it is kept for the life of the installation. Stateless.
final class AgentDoors {
  private static final int FIRST = 20_101;
  private static final int FIRST_TUNNEL = 20_201;

  private AgentDoors() {}

  /// Its port is to be stored when it is listened on.
  ///
  /// @param audit told what was refused, one line each
  static AgentDoor open(Controller.Parts parts, Consumer<String> audit) {
    Store store = parts.store();
    ControllerConfig.Agents config = parts.config().controller().agents();
    int port = ListenPorts.lasting(config.port(), store.agentPort(), FIRST);
    Authority authority = Authority.in(parts.home(), store.installationId(), parts.clock());
    String url =
        config.url().isEmpty()
            ? "https://" + bracketed(config.bindHost()) + ":" + port
            : config.url();
    return new AgentDoor(
        config.bindHost(),
        port,
        url,
        authority,
        new Joins(authority, store, config.certificateLife()),
        new Refusals(parts.clock(), audit));
  }

  /// Where agents dial load balancers.
  static TunnelDoor openTunnels(
      Controller.Parts parts, ControllerConfig.Tunnel config, Authority authority) {
    Store store = parts.store();
    int kept = store.tunnelPort();
    int port = ListenPorts.lasting(config.port(), kept, FIRST_TUNNEL);
    if (port != kept) {
      store.saveTunnelPort(port);
    }
    String address =
        config.address().isEmpty() ? bracketed(config.bindHost()) + ":" + port : config.address();
    return new TunnelDoor(config.bindHost(), port, address, parts.home().loadBalancer(), authority);
  }

  private static String bracketed(String host) {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }
}
