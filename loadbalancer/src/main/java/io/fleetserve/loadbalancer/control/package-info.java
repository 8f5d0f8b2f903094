/// The link to the controller: the endpoint stream and its rules, the snapshot on disk, the load
/// reports. Start in [io.fleetserve.loadbalancer.control.EndpointFeed].
@NullMarked
package io.fleetserve.loadbalancer.control;

import org.jspecify.annotations.NullMarked;
