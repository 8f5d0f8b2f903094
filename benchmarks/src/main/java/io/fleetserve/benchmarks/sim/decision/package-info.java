/// Decisions that a controller has stored, made again by the rules of this checkout. Start in
/// [DecisionSimMain]. Depends on the controller's `decision` and on `api`.
@NullMarked
package io.fleetserve.benchmarks.sim.decision;

import org.jspecify.annotations.NullMarked;
