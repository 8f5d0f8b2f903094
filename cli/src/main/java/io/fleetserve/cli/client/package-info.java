/// How the command line talks to the controller: calls, event streams, and the start of one that
/// does not run. Start in [ControllerAccess]. Depends on `api` only.
@NullMarked
package io.fleetserve.cli.client;

import org.jspecify.annotations.NullMarked;
