package io.fleetserve.provider.sim.cloud;

import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.ProviderError;
import java.util.Optional;

/// What instances run on. Called by one thread at a time; each call may be repeated.
public interface Machines {
  /// Starts the agent of an instance; the same order again is the same machine.
  ///
  /// @return why it could not be started; empty when it was
  Optional<ProviderError> start(CreateSpec order);

  /// How a machine that was started is now; empty when there is none.
  Optional<Condition> condition(CreateSpec order);

  /// Ends the machine and whatever was made for it; nothing happens when there is none.
  void end(CreateSpec order);

  /// How a machine is.
  ///
  /// @param failure null unless it failed
  record Condition(
      Instance.State state, @org.jspecify.annotations.Nullable ProviderError failure, String raw) {}
}
