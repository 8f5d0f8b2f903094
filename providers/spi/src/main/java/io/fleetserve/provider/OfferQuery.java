package io.fleetserve.provider;

import io.fleetserve.api.spec.Resources;
import java.util.function.Consumer;

/// What is wanted of one instance.
///
/// @param reject told, once per reason, why something does not fit, for example `local: has 2 CPUs
///   (expected: >= 4)`
public record OfferQuery(Resources resources, int numNodes, Consumer<String> reject) {}
