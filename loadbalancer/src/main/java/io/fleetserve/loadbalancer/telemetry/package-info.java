/// What the load balancer counts and writes down: statistics per event loop, and the access log.
@NullMarked
package io.fleetserve.loadbalancer.telemetry;

import org.jspecify.annotations.NullMarked;
