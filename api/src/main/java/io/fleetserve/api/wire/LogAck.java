package io.fleetserve.api.wire;

/// Answer to a piece of a replica's log, `POST /api/v1/agents/{service}/{replicaId}/logs`: status
/// 200 when it was appended, 409 when its offset was not the expected one.
///
/// @param next offset in bytes, from the start of this generation's output, of the next byte the
///   controller wants
public record LogAck(long next) {}
