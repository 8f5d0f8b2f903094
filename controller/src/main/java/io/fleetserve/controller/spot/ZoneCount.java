package io.fleetserve.controller.spot;

/// So many spot replicas in a zone.
///
/// @param replicas >= 0
public record ZoneCount(ZoneKey zone, int replicas) {
  @Override
  public String toString() {
    return replicas + " in " + zone;
  }
}
