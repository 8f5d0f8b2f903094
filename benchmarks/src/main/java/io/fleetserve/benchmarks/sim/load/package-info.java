/// Autoscaling policies against loads, in virtual time. Start in [LoadSimMain] and
/// [LoadSimulation]. The policies are the controller's own objects.
@NullMarked
package io.fleetserve.benchmarks.sim.load;

import org.jspecify.annotations.NullMarked;
