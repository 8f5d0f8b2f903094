package io.fleetserve.testing.fakecloud;

import io.fleetserve.provider.ProviderError;
import java.time.Duration;

/// What goes wrong with one create call.
public sealed interface CreateFault {
  /// Refused with this error; nothing is made.
  record Refuse(ProviderError error) implements CreateFault {
    /// A refusal of that category.
    ///
    /// @param scope for example a zone; null means the whole provider
    public static Refuse of(
        ProviderError.Category category, @org.jspecify.annotations.Nullable String scope) {
      return new Refuse(new ProviderError(category, scope, null, "fake: " + category));
    }
  }

  /// Made; the caller hears that the outcome is not known.
  record LoseTheAnswer() implements CreateFault {}

  /// The call hangs so long; only then the instance is made, and the answer is lost.
  record MakeLate(Duration after) implements CreateFault {}

  /// Not made; the caller hears that the outcome is not known.
  record LoseTheCall() implements CreateFault {}

  /// Made; the call throws.
  record ThrowAfterwards() implements CreateFault {}
}
