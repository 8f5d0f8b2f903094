/// The service file: its records, reader, JSON Schema and errors. Start in [ServiceSpec].
@NullMarked
package io.fleetserve.api.spec;

import org.jspecify.annotations.NullMarked;
