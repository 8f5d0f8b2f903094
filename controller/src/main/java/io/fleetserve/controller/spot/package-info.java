/// Where spot replicas should run and how many on-demand replicas should stand beside them. Start
/// in [MixPolicy] and [MixPolicies]. Pure: depends on nothing of the controller, so the simulator
/// in `benchmarks` runs the same objects.
@NullMarked
package io.fleetserve.controller.spot;

import org.jspecify.annotations.NullMarked;
