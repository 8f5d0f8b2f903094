/// Metrics: a small interface for the core, and its binding to Micrometer. Start in [Metrics].
@NullMarked
package io.fleetserve.controller.telemetry;

import org.jspecify.annotations.NullMarked;
