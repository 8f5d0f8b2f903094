/// Following a service until it is where a command wants it, and showing the way. Start in
/// [Follower]; the rules that say when a command is done are pure functions. Depends on `client`
/// and `view`.
@NullMarked
package io.fleetserve.cli.follow;

import org.jspecify.annotations.NullMarked;
