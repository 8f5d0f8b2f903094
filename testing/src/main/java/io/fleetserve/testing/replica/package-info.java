/// A scripted replica on raw sockets: answers, misbehaves and remembers exactly what it was sent.
/// Start in [io.fleetserve.testing.replica.FakeReplica].
@NullMarked
package io.fleetserve.testing.replica;

import org.jspecify.annotations.NullMarked;
