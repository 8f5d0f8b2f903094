/// The life of one replica as a pure state machine. Start in [ReplicaMachine]. May depend on
/// `model`, `api` and the provider SPI; knows no clock, store or socket.
@NullMarked
package io.fleetserve.controller.replica;

import org.jspecify.annotations.NullMarked;
