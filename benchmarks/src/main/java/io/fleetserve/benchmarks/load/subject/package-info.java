/// The programs that are compared. A [Subject] can be started any number of times; what runs is a
/// [Running]. The features each is set up with are equal: HTTP/1.1 kept alive on both sides, least
/// connections over the same backends, the forwarding headers replaced, a request id, retries of
/// unsent requests, bodies passed on as they come, no access log.
@NullMarked
package io.fleetserve.benchmarks.load.subject;

import org.jspecify.annotations.NullMarked;
