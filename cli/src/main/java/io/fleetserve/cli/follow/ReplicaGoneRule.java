package io.fleetserve.cli.follow;

import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.ControllerClient;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When `serve down NAME --replica-id N` is done: that replica does not live any more. The result
/// is the service's last state.
public final class ReplicaGoneRule implements Follower.Rule<Optional<ServiceView>> {
  private final int replicaId;
  private final int generation;

  /// A rule for one generation of one replica.
  ///
  /// @param generation of the replica that was asked to end: its successor may have its id
  public ReplicaGoneRule(int replicaId, int generation) {
    this.replicaId = replicaId;
    this.generation = generation;
  }

  @Override
  public Optional<Optional<ServiceView>> on(ControllerClient client, ServiceView service) {
    boolean lives =
        service.replicas().stream()
            .anyMatch(replica ->
                replica.replicaId() == replicaId
                    && replica.generation() == generation
                    && !replica.status().isFailed());
    return lives ? Optional.empty() : Optional.of(Optional.of(service));
  }

  @Override
  public Optional<ServiceView> gone(@Nullable ServiceView last) {
    return Optional.ofNullable(last);
  }
}
