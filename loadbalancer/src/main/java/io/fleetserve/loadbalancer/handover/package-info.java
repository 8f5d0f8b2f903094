/// One load balancer process takes over from another without losing a connection: ports are shared
/// for a moment, then the older one leaves and finishes what it has.
///
/// Start in [io.fleetserve.loadbalancer.handover.Predecessor] (the newer process) and
/// [io.fleetserve.loadbalancer.handover.Departure] (the older one).
@NullMarked
package io.fleetserve.loadbalancer.handover;

import org.jspecify.annotations.NullMarked;
