/// Services and replicas as the data plane knows them.
///
/// Start in [io.fleetserve.loadbalancer.endpoint.RoutingTable]: immutable, behind one volatile
/// reference in [io.fleetserve.loadbalancer.endpoint.Routing]. What outlives a table (requests in
/// flight, passive health) is in [io.fleetserve.loadbalancer.endpoint.Replica] and
/// [io.fleetserve.loadbalancer.endpoint.Service].
@NullMarked
package io.fleetserve.loadbalancer.endpoint;

import org.jspecify.annotations.NullMarked;
