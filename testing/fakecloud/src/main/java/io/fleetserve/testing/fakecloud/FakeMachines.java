package io.fleetserve.testing.fakecloud;

import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.sim.cloud.Machines;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Machines that are whatever a test makes of them. Thread-safe.
final class FakeMachines implements Machines {
  private final MachineListener listener;
  private final Map<String, Instance.State> states = new ConcurrentHashMap<>();

  FakeMachines(MachineListener listener) {
    this.listener = listener;
  }

  @Override
  public Optional<ProviderError> start(CreateSpec order) {
    if (states.put(order.attemptId(), Instance.State.RUNNING) == null) {
      listener.started(order);
    }
    return Optional.empty();
  }

  /// The agent's end, without the cloud's doing.
  void fail(String attemptId) {
    states.replace(attemptId, Instance.State.FAILED);
  }

  @Override
  public Optional<Condition> condition(CreateSpec order) {
    return Optional.ofNullable(states.get(order.attemptId()))
        .map(state -> new Condition(state, null, state.name().toLowerCase(java.util.Locale.ROOT)));
  }

  @Override
  public void end(CreateSpec order) {
    if (states.remove(order.attemptId()) != null) {
      listener.ended(order);
    }
  }
}
