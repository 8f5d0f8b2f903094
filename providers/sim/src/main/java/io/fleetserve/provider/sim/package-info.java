/// The provider `sim`: a simulated cloud whose machines are real processes of this machine, for
/// demonstrations and tests of spot mixing without an account anywhere. Off unless configured.
/// Start in [SimProviderFactory]. May depend on `api`, `providers/spi` and `providers/local`.
@NullMarked
package io.fleetserve.provider.sim;

import org.jspecify.annotations.NullMarked;
