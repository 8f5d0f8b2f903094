/// Quantities with a unit.
@NullMarked
package io.fleetserve.api.unit;

import org.jspecify.annotations.NullMarked;
