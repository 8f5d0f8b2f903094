/// Asks Prometheus servers for numbers to scale by. Start in [PrometheusClient]. May depend on
/// `api`, `load` and Jackson.
@NullMarked
package io.fleetserve.controller.prometheus;

import org.jspecify.annotations.NullMarked;
