/// Values that every part of the load balancer reads and no service file changes. Depends on
/// nothing.
@NullMarked
package io.fleetserve.loadbalancer.settings;

import org.jspecify.annotations.NullMarked;
