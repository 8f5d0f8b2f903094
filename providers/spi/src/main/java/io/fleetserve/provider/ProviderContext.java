package io.fleetserve.provider;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/// What a provider is given.
///
/// @param installationId mark for everything made
/// @param home folder the provider may keep files in, its own
/// @param agentCommand command line of the replica agent, to which the path of the boot file is
///   appended
/// @param settings the provider's section of `config.yaml`; empty means defaults
/// @param clock for timestamps and deadlines
public record ProviderContext(
    String installationId,
    Path home,
    List<String> agentCommand,
    Map<String, Object> settings,
    Clock clock) {
  public ProviderContext {
    agentCommand = List.copyOf(agentCommand);
    settings = Map.copyOf(settings);
  }
}
