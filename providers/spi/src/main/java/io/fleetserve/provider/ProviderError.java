package io.fleetserve.provider;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Why a provider said no, or said nothing.
///
/// @param scope what the error speaks about, for example a zone; null means the whole provider
/// @param retryAfter null means the caller's own backoff
/// @param message one line for people, with values and the fix
public record ProviderError(
    Category category, @Nullable String scope, @Nullable Duration retryAfter, String message) {

  /// What the caller does about it.
  public enum Category {
    /// Try the next offer.
    CAPACITY_UNAVAILABLE,
    /// Skip the scope.
    QUOTA_EXCEEDED,
    /// Disable the provider until its credentials change.
    AUTH_FAILED,
    /// The same again after [ProviderError#retryAfter].
    RATE_LIMITED,
    /// The user's file or our bug: never retried, shown.
    INVALID_REQUEST,
    /// Again with backoff; reads and terminate only.
    TRANSIENT,
    /// A create was sent, its fate is not known.
    OUTCOME_UNKNOWN,
    /// No money: like AUTH_FAILED, with its own alert.
    BILLING_BLOCKED
  }
}
