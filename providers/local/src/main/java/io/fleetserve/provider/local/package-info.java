/// The provider of the machine that Fleetserve is started on: a replica is a folder, and a process
/// that outlives the controller. Start in [LocalProvider]. May depend on `api` and `providers/spi`.
@NullMarked
package io.fleetserve.provider.local;

import org.jspecify.annotations.NullMarked;
