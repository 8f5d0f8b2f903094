/// How many replicas a service should have. Start in [Autoscaler] and [Autoscalers]. Pure: may
/// depend on `model`, `load` and `api`.
@NullMarked
package io.fleetserve.controller.autoscale;

import org.jspecify.annotations.NullMarked;
