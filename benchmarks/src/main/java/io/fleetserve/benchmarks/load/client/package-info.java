/// The load client: one event loop that opens connections, makes requests and counts. Start in
/// [LoadClientMain], then [LoadRun]. TLS belongs into [Connector], which alone builds pipelines.
@NullMarked
package io.fleetserve.benchmarks.load.client;

import org.jspecify.annotations.NullMarked;
