package io.fleetserve.controller.run;

import io.fleetserve.controller.store.Store;

/// Chooses the port of the REST API. Agents are started with its address, so it is kept for the
/// life of the installation. Stateless.
public final class ApiPort {
  private static final int FIRST = 20_001;

  private ApiPort() {}

  /// The port to listen on. To be stored when it is listened on: another program may come first.
  ///
  /// @param configured by the user; 0 means the kept one, or the lowest free one from 20001
  public static int choose(int configured, Store store) {
    return ListenPorts.lasting(configured, store.controllerPort(), FIRST);
  }
}
