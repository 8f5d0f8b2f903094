/// The commands, one class each; picocli reads their annotations. Start in [Serve]. What a command
/// needs from the outside it gets from its [Session].
@NullMarked
package io.fleetserve.cli.command;

import org.jspecify.annotations.NullMarked;
