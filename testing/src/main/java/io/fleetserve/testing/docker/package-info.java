/// A Docker engine for tests. Start in [DockerEngine]. Depends on the JDK, and on Netty for
/// certificates.
@NullMarked
package io.fleetserve.testing.docker;

import org.jspecify.annotations.NullMarked;
