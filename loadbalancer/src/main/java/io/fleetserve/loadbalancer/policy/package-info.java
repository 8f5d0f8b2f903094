/// Which replica gets the next request. Pure: see [io.fleetserve.loadbalancer.policy.Scoring] for
/// what is compared and [io.fleetserve.loadbalancer.policy.ScoreTree] for how the least is found.
@NullMarked
package io.fleetserve.loadbalancer.policy;

import org.jspecify.annotations.NullMarked;
