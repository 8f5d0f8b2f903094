/// A simulated cloud: zones whose spot capacity and prices follow a timeline, quotas, launches that
/// take time or fail, notices and preemptions. Start in [SimulatedCloud]; what it decides is in
/// [CloudRules], a pure function of the instances and the simulated time. What a machine is, and
/// where instances are noted down, is handed in. May depend on `api` and `providers/spi`.
@NullMarked
package io.fleetserve.provider.sim.cloud;

import org.jspecify.annotations.NullMarked;
