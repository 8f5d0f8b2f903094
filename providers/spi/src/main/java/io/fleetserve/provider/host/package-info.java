/// What providers of single machines share: whether a machine fits a wish, and the calls that a
/// controller makes to a machine's end of a session. Start in [MachineFit] and [HostCall]. May
/// depend on `api` and the SPI.
@NullMarked
package io.fleetserve.provider.host;

import org.jspecify.annotations.NullMarked;
