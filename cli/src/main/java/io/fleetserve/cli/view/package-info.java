/// What the command line prints: tables, durations, plans, the live view. Pure functions from views
/// to lines, and [Console], which writes them. Depends on `api` only.
@NullMarked
package io.fleetserve.cli.view;

import org.jspecify.annotations.NullMarked;
