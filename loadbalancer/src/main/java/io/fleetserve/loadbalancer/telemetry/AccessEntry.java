package io.fleetserve.loadbalancer.telemetry;

import java.util.List;

/// What the access log says of one request. No header, no query.
///
/// @param timeMillis epoch milliseconds at which the request was accepted
/// @param service empty when the request named none
/// @param method empty when the head was refused before it was read; the same for `path`
/// @param replica 0 when none was chosen
/// @param status 0 when the client got no answer
/// @param firstByteMillis -1 when there was no first byte
/// @param protocol `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`
/// @param tls version; empty without
/// @param placedMicros when the last replica was chosen, in microseconds since the head; -1 for
///   none
/// @param sentMicros when the request was sent there; -1 when it was not
/// @param firstByteMicros when the answer began; -1 when it did not
/// @param micros when it was over
/// @param tries attempts that failed, in order
/// @param outcome `ok`, `rejected`, `upstream_failed`, `client_gone`, `malformed`, `no_service` ...
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record AccessEntry(
    long timeMillis,
    String service,
    int replica,
    int generation,
    String method,
    String path,
    int status,
    int attempts,
    long bytesIn,
    long bytesOut,
    long heldMillis,
    long firstByteMillis,
    long millis,
    byte[] requestId,
    byte[] client,
    String outcome,
    String protocol,
    String tls,
    long placedMicros,
    long sentMicros,
    long firstByteMicros,
    long micros,
    List<Try> tries) {}
