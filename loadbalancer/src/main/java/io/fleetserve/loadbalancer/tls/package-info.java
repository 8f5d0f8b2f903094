/// TLS towards clients: certificates by host name, read again when their files change. Start in
/// [io.fleetserve.loadbalancer.tls.PortTls]; for TLS towards replicas in
/// [io.fleetserve.loadbalancer.tls.ReplicaTrust].
@NullMarked
package io.fleetserve.loadbalancer.tls;

import org.jspecify.annotations.NullMarked;
