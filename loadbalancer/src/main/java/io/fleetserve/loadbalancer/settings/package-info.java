/// Values that every part of the load balancer reads and no service file changes. Depends on the
/// rules for forwarded fields alone.
@NullMarked
package io.fleetserve.loadbalancer.settings;

import org.jspecify.annotations.NullMarked;
