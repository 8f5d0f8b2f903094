package io.fleetserve.provider.sim.cloud;

import io.fleetserve.provider.ProviderError;

/// What the cloud does with a create call.
public sealed interface CreateVerdict {
  /// It makes the instance.
  ///
  /// @param answered the caller gets to know
  record Made(CloudInstance instance, boolean answered) implements CreateVerdict {}

  /// It makes nothing and says so.
  record Refused(ProviderError error) implements CreateVerdict {}

  /// It makes nothing, and the caller does not get to know.
  record Lost() implements CreateVerdict {}
}
