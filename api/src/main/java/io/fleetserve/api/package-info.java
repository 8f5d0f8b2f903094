/// What every Fleetserve program agrees on. Start reading in [io.fleetserve.api.spec.ServiceSpec]
/// (what people write) and [io.fleetserve.api.wire.EndpointSnapshot] (what the programs tell each
/// other). May depend on Jackson and JSpecify only; no I/O besides reading what is handed in.
@NullMarked
package io.fleetserve.api;

import org.jspecify.annotations.NullMarked;
