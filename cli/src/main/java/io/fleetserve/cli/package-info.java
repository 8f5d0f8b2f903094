/// The `serve` command. Start in [CliMain]; one class per command. Talks to the controller over its
/// REST API, and starts it when there is none. May depend on `api`, picocli and JLine only.
@NullMarked
package io.fleetserve.cli;

import org.jspecify.annotations.NullMarked;
