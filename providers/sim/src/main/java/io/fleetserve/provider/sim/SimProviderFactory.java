package io.fleetserve.provider.sim;

import io.fleetserve.api.unit.FileErrors;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderException;
import io.fleetserve.provider.ProviderFactory;
import io.fleetserve.provider.local.LocalProviderFactory;
import io.fleetserve.provider.sim.cloud.SimulatedCloud;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// Opens the simulated cloud: `infra: sim/<region>/<zone>`. See [SimSettings] for what its section
/// of `config.yaml` may say.
///
///     <home>/cloud.json            when the cloud's time began, and its speed
///     <home>/instances/ID.json     one instance; secrets, mode 0600
///     <home>/machines/             the processes, as the provider `local` keeps them
public final class SimProviderFactory implements ProviderFactory {
  static final String NAME = "sim";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean needsSettings() {
    return true;
  }

  @Override
  public InstanceProvider open(ProviderContext context) {
    SimSettings settings = SimSettings.read(context.settings());
    Path machines = context.home().resolve("machines");
    ProviderContext local =
        new ProviderContext(
            context.installationId(), machines, context.agentCommand(), Map.of(), context.clock());
    try {
      FileBook book = FileBook.in(context.home().resolve("instances"));
      return new RunningCloud(
          new SimulatedCloud(
              NAME,
              owner -> owner.installationId().equals(context.installationId()),
              settings::cloud,
              TimeFile.in(context.home()).at(settings, context.clock().instant()),
              book,
              new LocalMachines(new LocalProviderFactory().open(local)),
              context.clock()));
    } catch (IOException e) {
      throw new ProviderException("sim: " + FileErrors.describe(e), e);
    }
  }
}
