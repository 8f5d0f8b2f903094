/// Traffic that a new process makes for itself before it opens its ports, so that its first clients
/// meet compiled code.
@NullMarked
package io.fleetserve.loadbalancer.warmup;

import org.jspecify.annotations.NullMarked;
