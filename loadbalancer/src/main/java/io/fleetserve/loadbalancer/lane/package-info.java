/// An event loop and everything that belongs to it: see [io.fleetserve.loadbalancer.lane.Lane].
@NullMarked
package io.fleetserve.loadbalancer.lane;

import org.jspecify.annotations.NullMarked;
