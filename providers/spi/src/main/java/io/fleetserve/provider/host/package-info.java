/// What providers of single machines share: what such a machine never does, and the calls that a
/// controller makes to a machine's end of a session. Start in [OwnMachine] and [HostCall]. May
/// depend on `api` and the SPI.
@NullMarked
package io.fleetserve.provider.host;

import org.jspecify.annotations.NullMarked;
