/// Keeps the load balancer of this home alive without being its parent in any way that matters: it
/// goes on when the controller ends. Start in [BalancerKeeper]. Depends on `home` and `api`.
@NullMarked
package io.fleetserve.controller.balancer;

import org.jspecify.annotations.NullMarked;
