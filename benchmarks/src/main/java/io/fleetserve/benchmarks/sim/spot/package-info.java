/// Spot mix policies against recorded spot capacity, in virtual time. Start in [SpotSimulation] and
/// [SpotMain]. Runs the controller's own policy objects from `controller.spot`.
@NullMarked
package io.fleetserve.benchmarks.sim.spot;

import org.jspecify.annotations.NullMarked;
