package io.fleetserve.provider;

/// What is known after a create call.
public sealed interface CreateOutcome {
  /// The provider made it, or is making it.
  record Accepted(InstanceRef ref) implements CreateOutcome {}

  /// Nothing was made, for sure.
  record Rejected(ProviderError error) implements CreateOutcome {}

  /// Something may have been made: list by attempt id and adopt, never resend blindly.
  record Unknown(ProviderError error) implements CreateOutcome {}
}
