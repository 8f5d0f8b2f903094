package io.fleetserve.loadbalancer.telemetry;

/// An attempt that failed. Times are microseconds since the request's head.
///
/// @param sentMicros -1 when nothing was sent
/// @param reason one word, for example `REFUSED`
public record Try(
    int replica,
    int generation,
    long placedMicros,
    long sentMicros,
    long endMicros,
    String reason) {}
