package io.fleetserve.provider.docker;

import io.fleetserve.provider.SettingsSection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What `providers.docker` of `config.yaml` says.
///
/// @param hostNetwork containers share the network of the engine's machine; else each has its own,
///   and the server's port is published
/// @param publish address on the engine's machine that ports are published on
/// @param reach address under which this machine reaches published ports
/// @param controllerUrl where agents find the controller; empty means where it says it is
/// @param agent command line of the agent inside containers; empty means the installation's own
/// @param binds more mounts of every container, `source:target[:ro]`
/// @param accelerators model to number, as far as replicas may use them
/// @param price dollars an hour of one replica
/// @param registries host to credentials for pulls
record DockerSettings(
    EngineAddress address,
    boolean hostNetwork,
    String publish,
    String reach,
    Optional<String> controllerUrl,
    List<String> agent,
    List<String> binds,
    Map<String, Integer> accelerators,
    double price,
    Map<String, Registry> registries) {
  DockerSettings {
    agent = List.copyOf(agent);
    binds = List.copyOf(binds);
    accelerators = Map.copyOf(accelerators);
    registries = Map.copyOf(registries);
  }

  /// Credentials for a registry.
  ///
  /// @param passwordFile read at each pull, so that it may be renewed
  record Registry(String username, String passwordFile) {}

  /// Throws a `ProviderSettingsException` with every error.
  static DockerSettings read(Map<String, Object> settings) {
    SettingsSection root = SettingsSection.root(settings);
    EngineAddress address = EngineAddress.read(root);
    String standard = address.local() ? "host" : "bridge";
    String network =
        root.has("network") ? root.choice("network", List.of("host", "bridge")) : standard;
    DockerSettings read =
        new DockerSettings(
            address,
            network.equals("host"),
            root.text("publish").orElse(address.local() ? "127.0.0.1" : "0.0.0.0"),
            root.text("reach").orElse(address.host()),
            root.text("controller_url"),
            root.texts("agent"),
            root.texts("binds"),
            accelerators(root.section("accelerators")),
            root.number("price", 0, 0, 100_000),
            registries(root.section("registries")));
    for (String bind : read.binds()) {
      if (!bind.matches("/[^:]*:/[^:]*(:(ro|rw))?")) {
        root.wrong("binds", bind, "/source:/target or /source:/target:ro");
      }
    }
    root.refuseOthers();
    root.throwIfWrong();
    return read;
  }

  private static Map<String, Integer> accelerators(SettingsSection section) {
    Map<String, Integer> all = new TreeMap<>();
    for (String name : section.keys()) {
      all.put(name, section.whole(name, 1, 1, 1024));
    }
    return all;
  }

  private static Map<String, Registry> registries(SettingsSection section) {
    Map<String, Registry> all = new HashMap<>();
    for (String host : section.keys()) {
      SettingsSection one = section.section(host);
      Optional<String> user = one.text("username");
      Optional<String> file = one.text("password_file");
      if (user.isEmpty() || file.isEmpty()) {
        one.missing(user.isEmpty() ? "username" : "password_file", "both of them");
      } else {
        all.put(host, new Registry(user.get(), file.get()));
      }
      one.refuseOthers();
    }
    return all;
  }
}
