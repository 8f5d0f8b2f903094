package io.fleetserve.provider;

import java.util.List;
import java.util.stream.Collectors;

/// The settings a provider was given are wrong; thrown by [ProviderFactory#open], with all that is
/// wrong at once.
public final class ProviderSettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// One error.
  ///
  /// @param path of the key below the provider's section, for example `zones.a.capacity[2]`; empty
  ///   for the section itself
  /// @param message the value and what is expected
  public record Flaw(String path, String message) {}

  private final transient List<Flaw> flaws;

  public ProviderSettingsException(List<Flaw> flaws) {
    super(
        flaws.stream()
            .map(flaw -> flaw.path() + ": " + flaw.message())
            .collect(Collectors.joining("\n")));
    this.flaws = List.copyOf(flaws);
  }

  public List<Flaw> flaws() {
    return flaws;
  }
}
