/// HTTP/1.1 message syntax (RFC 9110, RFC 9112): strict parsers of heads, body framing that is
/// validated while it passes, and encoders of what is sent on.
///
/// Start in [io.fleetserve.loadbalancer.http.RequestHead]. Pure: no channel, no clock. Heads are
/// parsed from a byte array that belongs to an event loop; bodies stay in Netty's buffers.
@NullMarked
package io.fleetserve.loadbalancer.http;

import org.jspecify.annotations.NullMarked;
