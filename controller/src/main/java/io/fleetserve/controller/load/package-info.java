/// What load balancers measured, over time. Start in [LoadWindow]. May depend on `model` and `api`.
@NullMarked
package io.fleetserve.controller.load;

import org.jspecify.annotations.NullMarked;
