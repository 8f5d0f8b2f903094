/// Requests that wait: start in [io.fleetserve.loadbalancer.admission.HoldQueue].
@NullMarked
package io.fleetserve.loadbalancer.admission;

import org.jspecify.annotations.NullMarked;
