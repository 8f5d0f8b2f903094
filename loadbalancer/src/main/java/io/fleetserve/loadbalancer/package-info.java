/// The data plane: accepts requests, holds or places them, forwards bytes both ways. Keeps serving
/// when the controller is gone.
///
/// Start in [io.fleetserve.loadbalancer.LoadBalancer] for how the parts are put together and in
/// `frontend.Exchange` for the life of a request. Depends on `api` and Netty.
@NullMarked
package io.fleetserve.loadbalancer;

import org.jspecify.annotations.NullMarked;
