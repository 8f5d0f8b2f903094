/// What every Fleetserve program agrees on. Start reading in [io.fleetserve.api.spec.ServiceSpec]
/// (what people write) and [io.fleetserve.api.wire.EndpointSnapshot] (what the programs tell each
/// other). May depend on Jackson, the JSON Schema validator, snakeyaml-engine and JSpecify; no I/O
/// but that of [io.fleetserve.api.log.SizeBoundedLog]. What the agent uses (log, retry, unit,
/// status, text, the wire records) needs the JDK alone when it is loaded.
@NullMarked
package io.fleetserve.api;

import org.jspecify.annotations.NullMarked;
