package io.fleetserve.cli.follow;

import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.ControllerClient;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When `serve down` is done: the service is gone, or the controller cannot prove that it is.
public final class GoneRule implements Follower.Rule<GoneRule.Outcome> {

  /// How it ended, and the last that was seen.
  ///
  /// @param gone false: cleaning up failed so far, the reason is the service's
  /// @param service its last state; null when none was seen
  public record Outcome(boolean gone, @Nullable ServiceView service) {}

  @Override
  public Optional<Outcome> on(ControllerClient client, ServiceView service) {
    return service.status() == ServiceStatus.FAILED_CLEANUP
        ? Optional.of(new Outcome(false, service))
        : Optional.empty();
  }

  @Override
  public Outcome gone(@Nullable ServiceView last) {
    return new Outcome(true, last);
  }
}
