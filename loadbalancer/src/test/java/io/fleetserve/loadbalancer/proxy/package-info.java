/// The data plane on real sockets, between raw clients and scripted replicas.
@NullMarked
package io.fleetserve.loadbalancer.proxy;

import org.jspecify.annotations.NullMarked;
