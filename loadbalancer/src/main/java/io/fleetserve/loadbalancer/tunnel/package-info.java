/// Tunnels: connections that replica agents have dialled, over which the load balancer reaches
/// servers that have no address of their own. Start in [Tunnels]. Depends on `http2` and `tls`.
@NullMarked
package io.fleetserve.loadbalancer.tunnel;

import org.jspecify.annotations.NullMarked;
