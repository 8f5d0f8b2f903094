/// Where a replica goes, and what this version cannot run. Start in [Placement]. Pure: may depend
/// on `api`, `model`, the zone names of `spot` and the provider SPI.
@NullMarked
package io.fleetserve.controller.placement;

import org.jspecify.annotations.NullMarked;
