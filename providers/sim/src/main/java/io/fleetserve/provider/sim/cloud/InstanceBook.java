package io.fleetserve.provider.sim.cloud;

import java.util.List;

/// Where the cloud notes down its instances. Called by one thread at a time; what was written is
/// there after a restart if the book is kept in files.
public interface InstanceBook {
  /// Every instance, of all installations.
  List<CloudInstance> all();

  /// Adds the instance, or replaces what is noted of it.
  void write(CloudInstance instance);

  /// Nothing happens when it is not there.
  void remove(String attemptId);
}
