/// OpenTelemetry: the only package that knows its classes, loaded when tracing is configured. Start
/// in [io.fleetserve.loadbalancer.tracing.OtlpTracing].
@NullMarked
package io.fleetserve.loadbalancer.tracing;

import org.jspecify.annotations.NullMarked;
