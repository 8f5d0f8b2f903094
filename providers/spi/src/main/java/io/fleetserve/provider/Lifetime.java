package io.fleetserve.provider;

import java.time.Duration;
import java.time.Instant;

/// When an instance ends by itself, for example a batch job at the end of its walltime.
///
/// @param startedAt when that time began to run
/// @param handover how long before the end it is to be replaced at the latest, however quickly a
///   successor starts, >= 0
public record Lifetime(Instant startedAt, Instant endsAt, Duration handover) {}
