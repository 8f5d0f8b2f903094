package io.fleetserve.controller.run;

import io.fleetserve.api.config.SettingPlaces;
import io.fleetserve.api.text.NearestName;
import io.fleetserve.controller.home.ControllerConfig;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.home.InfraFile;
import io.fleetserve.controller.home.OwnerOnlyFiles;
import io.fleetserve.controller.home.StartupException;
import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderFactory;
import io.fleetserve.provider.ProviderSettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The places replicas can run: every provider found, opened unless it is switched off. Immutable
/// and thread-safe.
public final class Providers implements AutoCloseable {
  private final Map<String, InstanceProvider> enabled = new TreeMap<>();
  private final Map<String, String> closed = new TreeMap<>();

  private Providers() {}

  /// Opens the providers.
  ///
  /// @param agentCommand starts the replica agent
  /// @param bundles the agent for other machines
  /// @throws StartupException when the configuration names one that is not there
  public static Providers open(
      Collection<ProviderFactory> factories,
      ControllerConfig config,
      String installationId,
      HomeFolder home,
      List<String> agentCommand,
      List<AgentBundle> bundles,
      Clock clock) {
    List<String> names = factories.stream().map(ProviderFactory::name).sorted().toList();
    for (String wanted : config.providers().keySet()) {
      if (!names.contains(wanted)) {
        throw new StartupException(
            home.config()
                + ": providers."
                + wanted
                + ": there is no such provider ("
                + NearestName.of(wanted, names)
                    .map(name -> "did you mean " + name + "?")
                    .orElse("there are: " + String.join(", ", names))
                + ")");
      }
    }
    Set<String> described = InfraFile.sections(home.infra(), names);
    Providers providers = new Providers();
    for (ProviderFactory factory : factories) {
      if (factory.needsSettings()
          && !config.providers().containsKey(factory.name())
          && !described.contains(factory.name())) {
        providers.closed.put(
            factory.name(),
            "not configured: neither %s has %s: nor %s has providers.%s:; add one, then restart the"
                    .formatted(home.infra(), factory.name(), home.config(), factory.name())
                + " controller (serve controller stop --keep-serving, then any command)");
        continue;
      }
      ControllerConfig.Provider settings = config.provider(factory.name());
      if (settings.enabled()) {
        Path folder = home.provider(factory.name());
        createFolder(folder);
        providers.enabled.put(
            factory.name(),
            open(
                factory,
                new ProviderContext(
                    installationId,
                    folder,
                    agentCommand,
                    bundles,
                    home.infra(),
                    settings.settings(),
                    clock),
                home.config(),
                settings.places()));
      } else {
        providers.closed.put(
            factory.name(),
            "switched off: %s has providers.%s.enabled: false"
                .formatted(home.config(), factory.name()));
      }
    }
    return providers;
  }

  /// A provider says what is wrong with its settings in one exception, what is wrong with
  /// `infra.yaml` in another.
  private static InstanceProvider open(
      ProviderFactory factory, ProviderContext context, Path file, SettingPlaces places) {
    try {
      return factory.open(context);
    } catch (ProviderSettingsException e) {
      throw new StartupException(
          e.flaws().stream()
              .map(flaw ->
                  "%s%s: providers.%s%s: %s"
                      .formatted(
                          file,
                          places.suffix(flaw.path()),
                          factory.name(),
                          flaw.path().isEmpty() ? "" : "." + flaw.path(),
                          flaw.message()))
              .collect(Collectors.joining("\n")),
          e);
    } catch (IllegalArgumentException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void createFolder(Path folder) {
    try {
      OwnerOnlyFiles.createFolder(folder);
    } catch (IOException e) {
      throw new StartupException("cannot make " + folder + ": " + e.getMessage(), e);
    }
  }

  public Collection<InstanceProvider> all() {
    return List.copyOf(enabled.values());
  }

  public Optional<InstanceProvider> find(String name) {
    return Optional.ofNullable(enabled.get(name));
  }

  /// Those that are not open, by name, and why, with what opens them.
  public Map<String, String> closed() {
    return new TreeMap<>(closed);
  }

  @Override
  public void close() {
    enabled.values().forEach(InstanceProvider::close);
  }
}
