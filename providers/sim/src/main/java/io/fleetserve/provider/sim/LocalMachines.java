package io.fleetserve.provider.sim;

import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.local.LocalProviderFactory;
import io.fleetserve.provider.sim.cloud.Machines;
import java.util.Optional;

/// Machines that are processes of this machine.
record LocalMachines(InstanceProvider local) implements Machines {
  @Override
  public Optional<ProviderError> start(CreateSpec order) {
    return switch (local.create(order)) {
      case CreateOutcome.Accepted accepted -> Optional.empty();
      case CreateOutcome.Rejected rejected -> Optional.of(rejected.error());
      case CreateOutcome.Unknown unknown -> Optional.of(unknown.error());
    };
  }

  @Override
  public Optional<Condition> condition(CreateSpec order) {
    return local
        .get(ref(order))
        .map(machine -> new Condition(machine.state(), machine.failure(), machine.rawState()));
  }

  @Override
  public void end(CreateSpec order) {
    local.terminate(ref(order));
  }

  private static InstanceRef ref(CreateSpec order) {
    return LocalProviderFactory.ref(order.ownership(), order.attemptId());
  }
}
