/// HTTP/2 (RFC 9113) as far as it does not know who uses it: heads from and to the HTTP/1.1 form in
/// which the load balancer checks and keeps them, and limits on what a peer may make us do.
///
/// Start in [io.fleetserve.loadbalancer.http2.RequestText]. Netty's codec reads and writes frames,
/// compresses fields and counts windows; depends on it and on the `http` package only.
@NullMarked
package io.fleetserve.loadbalancer.http2;

import org.jspecify.annotations.NullMarked;
