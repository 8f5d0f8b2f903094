/// Which version a service should run, and whether a change needs new replicas. Start in
/// [Versions]. Pure: may depend on `model` and `api`.
@NullMarked
package io.fleetserve.controller.rollout;

import org.jspecify.annotations.NullMarked;
