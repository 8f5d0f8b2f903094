package io.fleetserve.provider;

import io.fleetserve.api.spec.Resources;
import java.util.function.Consumer;

/// What is wanted of one instance. What cannot be offered is told once per reason, in one of three
/// ways.
///
/// @param reject it does not fit, for example `local: has 2 CPUs (expected: >= 4)`
/// @param later it fits, but not now: the place is full, or cannot be reached
/// @param late the place has not answered yet, and what it has is missing in this answer; asked
///   again soon, it may be there
public record OfferQuery(
    Resources resources,
    int numNodes,
    Consumer<String> reject,
    Consumer<String> later,
    Consumer<String> late) {
  /// For who makes no difference.
  public OfferQuery(Resources resources, int numNodes, Consumer<String> reason) {
    this(resources, numNodes, reason, reason, reason);
  }
}
