package io.fleetserve.controller.replica;

import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.Replica;
import java.util.List;

/// What one signal did to a replica.
///
/// @param next equal to the replica before when the signal changed nothing
/// @param events to store with it, in order
public record Transition(Replica next, List<EventDraft> events) {
  public Transition {
    events = List.copyOf(events);
  }
}
