package io.fleetserve.api.wire;

import java.util.Map;

/// What a machine has, or what is free of it.
///
/// @param accelerators model to number
public record MachineView(double cpus, long memoryBytes, Map<String, Integer> accelerators) {
  public MachineView {
    accelerators = Map.copyOf(accelerators);
  }
}
