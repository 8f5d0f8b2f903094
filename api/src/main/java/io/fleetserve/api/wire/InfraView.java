package io.fleetserve.api.wire;

import java.util.List;

/// One provider, `GET /api/v1/infra`.
///
/// @param name as in `infra:`
/// @param configured it is open; false when it is switched off or nothing describes its machines
/// @param reason why nothing of it can be used; empty when something can
/// @param replicas that are alive there
/// @param places in the order of its configuration
public record InfraView(
    String name, boolean configured, String reason, int replicas, List<PlaceView> places) {
  public InfraView {
    places = List.copyOf(places);
  }

  /// Whether a replica can be started somewhere there.
  public boolean usable() {
    return configured && reason.isEmpty();
  }
}
