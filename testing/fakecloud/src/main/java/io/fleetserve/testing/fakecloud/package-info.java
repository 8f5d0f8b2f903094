/// A cloud in memory for tests: what the provider `sim` simulates, with its instances in memory,
/// and with faults on demand. Start in [FakeCloud]. May depend on `providers/spi` and
/// `providers/sim`.
@NullMarked
package io.fleetserve.testing.fakecloud;

import org.jspecify.annotations.NullMarked;
