package io.fleetserve.controller.placement;

import io.fleetserve.provider.Capabilities;

/// A provider that is switched on.
///
/// @param provider name as in `infra:`
public record Site(String provider, Capabilities capabilities) {}
