/// Connections to replicas: a pool per event loop and replica, and the reader of answers. Start in
/// [io.fleetserve.loadbalancer.upstream.UpstreamConnection].
@NullMarked
package io.fleetserve.loadbalancer.upstream;

import org.jspecify.annotations.NullMarked;
