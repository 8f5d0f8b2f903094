/// TLS towards clients: certificates by host name, read again when their files change. Start in
/// [io.fleetserve.loadbalancer.tls.PortTls].
@NullMarked
package io.fleetserve.loadbalancer.tls;

import org.jspecify.annotations.NullMarked;
