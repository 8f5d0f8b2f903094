/// What the controller knows: services, versions, replicas, events. Records only; the store holds
/// them, the pure packages decide on them. Start in [Replica] and [ServiceVersion]. May depend on
/// `api` and the provider SPI.
@NullMarked
package io.fleetserve.controller.model;

import org.jspecify.annotations.NullMarked;
