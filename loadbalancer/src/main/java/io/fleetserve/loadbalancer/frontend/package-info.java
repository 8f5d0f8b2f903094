/// Clients: listeners, connections, and the life of a request from its head to the last byte of its
/// answer. Start in [io.fleetserve.loadbalancer.frontend.Exchange].
@NullMarked
package io.fleetserve.loadbalancer.frontend;

import org.jspecify.annotations.NullMarked;
