/// Time that a test moves by hand. Start in [VirtualClock].
@NullMarked
package io.fleetserve.testing.time;

import org.jspecify.annotations.NullMarked;
