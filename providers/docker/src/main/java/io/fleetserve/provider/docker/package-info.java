/// The provider of a Docker engine, through its HTTP API: a replica is a container in which the
/// agent runs. Start in [DockerProvider]. May depend on `api`, `providers/spi` and
/// `providers/transport`.
@NullMarked
package io.fleetserve.provider.docker;

import org.jspecify.annotations.NullMarked;
