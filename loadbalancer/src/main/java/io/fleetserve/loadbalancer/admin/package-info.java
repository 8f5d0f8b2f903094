/// The admin port: health, readiness, metrics and a dump of the endpoints, for the loopback only.
/// Start in [io.fleetserve.loadbalancer.admin.AdminServer].
@NullMarked
package io.fleetserve.loadbalancer.admin;

import org.jspecify.annotations.NullMarked;
