package io.fleetserve.controller.store;

import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.Service;
import io.fleetserve.controller.model.ServiceVersion;
import java.util.List;

/// A service as it was stored last.
///
/// @param unreadable why a version could not be read again, one line each; empty when all could
public record StoredService(
    Service service,
    List<ServiceVersion> versions,
    List<Replica> replicas,
    List<Attempt> attempts,
    List<String> unreadable) {
  public StoredService {
    versions = List.copyOf(versions);
    replicas = List.copyOf(replicas);
    attempts = List.copyOf(attempts);
    unreadable = List.copyOf(unreadable);
  }
}
