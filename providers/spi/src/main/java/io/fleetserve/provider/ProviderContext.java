package io.fleetserve.provider;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a provider is given.
///
/// @param installationId mark for everything made
/// @param home folder the provider may keep files in, its own
/// @param agentCommand command line of the replica agent, to which the path of the boot file is
///   appended
/// @param bundles the agent for machines that are not this one, one per architecture; empty where
///   this distribution has none
/// @param infra the file that describes the user's own machines, `infra.yaml`; it may be missing
/// @param settings the provider's section of `config.yaml`; empty means defaults
/// @param clock for timestamps and deadlines
public record ProviderContext(
    String installationId,
    Path home,
    List<String> agentCommand,
    List<AgentBundle> bundles,
    Path infra,
    Map<String, Object> settings,
    Clock clock) {
  /// Without machines of the user's own.
  public ProviderContext(
      String installationId,
      Path home,
      List<String> agentCommand,
      Map<String, Object> settings,
      Clock clock) {
    this(
        installationId, home, agentCommand, List.of(), home.resolve("infra.yaml"), settings, clock);
  }

  public ProviderContext {
    agentCommand = List.copyOf(agentCommand);
    bundles = List.copyOf(bundles);
    settings = Map.copyOf(settings);
  }

  /// The bundle for an architecture, as `uname -m` tells it.
  public Optional<AgentBundle> bundle(String architecture) {
    return bundles.stream().filter(each -> each.architecture().equals(architecture)).findFirst();
  }
}
