/// Compares the load balancer with nginx and HAProxy on one machine: CPU per request, chunk and
/// megabyte, added latency, memory, start. Start in [LoadMain]; `bin/bench load` runs it.
///
/// Four kinds of processes run on loopback: this harness (idle while others are measured), the load
/// client, one backend for all, and the proxies. `docs/benchmarks.md` says what is measured how.
@NullMarked
package io.fleetserve.benchmarks.load;

import org.jspecify.annotations.NullMarked;
