/// How providers reach the services they drive: HTTP/1.1 over Unix sockets, TCP, TLS and the
/// standard streams of a command such as `ssh`. Start in [HttpCaller]. Depends on the JDK alone.
@NullMarked
package io.fleetserve.provider.transport;

import org.jspecify.annotations.NullMarked;
