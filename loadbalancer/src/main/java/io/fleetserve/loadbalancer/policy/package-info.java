/// Which replica gets the next request. Pure, and without any notion of connections: start in
/// [io.fleetserve.loadbalancer.policy.Policy]. The two structures behind the choices are
/// [io.fleetserve.loadbalancer.policy.ScoreTree] (the least of all) and `WeightTree` (in
/// proportion).
@NullMarked
package io.fleetserve.loadbalancer.policy;

import org.jspecify.annotations.NullMarked;
