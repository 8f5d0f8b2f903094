package io.fleetserve.cli.follow;

import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.api.wire.VersionView;
import io.fleetserve.cli.client.ControllerClient;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When `serve update` and `serve rollback` are done: the new version serves alone, or is given up.
public final class VersionRule implements Follower.Rule<VersionRule.Outcome> {

  /// How it ended.
  public enum Kind {
    /// The new version serves; older ones are gone.
    ACTIVE,
    /// It never became ready; the old one serves on.
    FAILED,
    /// A newer version took its place before it was done.
    SUPERSEDED,
    /// Somebody ended the service meanwhile.
    ENDED
  }

  /// How it ended, and the last that was seen.
  ///
  /// @param version as it is now; null when it cannot be found
  /// @param service its last state; null when none was seen
  public record Outcome(Kind kind, @Nullable VersionView version, @Nullable ServiceView service) {}

  private final int version;

  public VersionRule(int version) {
    this.version = version;
  }

  @Override
  public Optional<Outcome> on(ControllerClient client, ServiceView service) {
    return judge(client.versions(service.name()), service);
  }

  Optional<Outcome> judge(List<VersionView> versions, ServiceView service) {
    VersionView ours =
        versions.stream().filter(view -> view.version() == version).findFirst().orElse(null);
    if (ours == null) {
      return Optional.of(new Outcome(Kind.SUPERSEDED, null, service));
    }
    return switch (ours.status()) {
      case PENDING, ROLLING_OUT -> Optional.empty();
      case ACTIVE -> Optional.of(new Outcome(Kind.ACTIVE, ours, service));
      case FAILED -> Optional.of(new Outcome(Kind.FAILED, ours, service));
      case RETIRED -> Optional.of(new Outcome(Kind.SUPERSEDED, ours, service));
    };
  }

  @Override
  public Outcome gone(@Nullable ServiceView last) {
    return new Outcome(Kind.ENDED, null, last);
  }
}
