package io.fleetserve.cli.follow;

import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.ControllerClient;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When `serve up` is done: all wanted replicas are ready, or none is wanted, or it failed.
public final class UpRule implements Follower.Rule<UpRule.Outcome> {

  /// How it ended.
  public enum Kind {
    /// Every wanted replica is ready.
    READY,
    /// Some are ready, others failed; the controller goes on with them.
    PARTLY_READY,
    /// None is wanted before the first request.
    ASLEEP,
    /// None is ready and the first version failed.
    FAILED,
    /// Somebody ended the service meanwhile.
    ENDED;

    /// Requests are answered now, or will be after a wait.
    public boolean serves() {
      return this == READY || this == PARTLY_READY || this == ASLEEP;
    }
  }

  /// How it ended, and the last that was seen.
  ///
  /// @param service its last state; null when none was seen
  public record Outcome(Kind kind, @Nullable ServiceView service) {}

  @Override
  public Optional<Outcome> on(ControllerClient client, ServiceView service) {
    return judge(service).map(kind -> new Outcome(kind, service));
  }

  @Override
  public Outcome gone(@Nullable ServiceView last) {
    return new Outcome(Kind.ENDED, last);
  }

  static Optional<Kind> judge(ServiceView service) {
    return switch (service.status()) {
      case READY -> {
        if (service.readyReplicas() >= service.wantedReplicas()) {
          yield Optional.of(Kind.READY);
        }
        yield service.replicas().stream().anyMatch(UpRule::isHopeless)
            ? Optional.of(Kind.PARTLY_READY)
            : Optional.empty();
      }
      case NO_REPLICA ->
          service.wantedReplicas() == 0 ? Optional.of(Kind.ASLEEP) : Optional.empty();
      case FAILED, CONTROLLER_FAILED -> Optional.of(Kind.FAILED);
      case SHUTTING_DOWN, FAILED_CLEANUP -> Optional.of(Kind.ENDED);
      case CONTROLLER_INIT, REPLICA_INIT -> Optional.empty();
    };
  }

  private static boolean isHopeless(ReplicaView replica) {
    return switch (replica.status()) {
      case FAILED, FAILED_INITIAL_DELAY, FAILED_PROBING, FAILED_PROVISION -> true;
      case PENDING,
          PROVISIONING,
          STARTING,
          READY,
          NOT_READY,
          DRAINING,
          SHUTTING_DOWN,
          FAILED_CLEANUP,
          PREEMPTED,
          UNKNOWN ->
          false;
    };
  }
}
