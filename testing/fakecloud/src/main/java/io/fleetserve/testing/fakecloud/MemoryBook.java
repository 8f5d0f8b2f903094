package io.fleetserve.testing.fakecloud;

import io.fleetserve.provider.sim.cloud.CloudInstance;
import io.fleetserve.provider.sim.cloud.InstanceBook;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// Instances in memory, by attempt. Thread-safe.
final class MemoryBook implements InstanceBook {
  private final ConcurrentSkipListMap<String, CloudInstance> instances =
      new ConcurrentSkipListMap<>();

  @Override
  public List<CloudInstance> all() {
    return List.copyOf(instances.values());
  }

  Optional<CloudInstance> find(String attemptId) {
    return Optional.ofNullable(instances.get(attemptId));
  }

  @Override
  public void write(CloudInstance instance) {
    instances.put(instance.attemptId(), instance);
  }

  @Override
  public void remove(String attemptId) {
    instances.remove(attemptId);
  }
}
