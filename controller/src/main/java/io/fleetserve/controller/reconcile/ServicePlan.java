package io.fleetserve.controller.reconcile;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What to do now for one service.
///
/// @param actions in the order they are to be done; empty when observed and desired agree
/// @param wakeAt plan again then even if nothing happens; null means only when something happens
public record ServicePlan(List<Action> actions, @Nullable Instant wakeAt) {
  public ServicePlan {
    actions = List.copyOf(actions);
  }

  public Optional<Instant> wake() {
    return Optional.ofNullable(wakeAt);
  }
}
