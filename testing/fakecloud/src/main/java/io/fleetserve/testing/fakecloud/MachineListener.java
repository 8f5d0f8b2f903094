package io.fleetserve.testing.fakecloud;

import io.fleetserve.provider.CreateSpec;

/// Told about machines of a [FakeCloud], during the call that causes it; once each.
public interface MachineListener {
  /// Hears nothing.
  MachineListener NONE =
      new MachineListener() {
        @Override
        public void started(CreateSpec order) {}

        @Override
        public void ended(CreateSpec order) {}
      };

  void started(CreateSpec order);

  /// Terminated, taken back or deleted.
  void ended(CreateSpec order);
}
