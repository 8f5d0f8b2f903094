/// Errors of the REST API as values that can be thrown, one factory per kind. Start in [Problems].
/// Depends on `api` only.
@NullMarked
package io.fleetserve.controller.problem;

import org.jspecify.annotations.NullMarked;
