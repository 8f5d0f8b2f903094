/// The replicas of the load comparison: one small program that all proxies forward to. Start in
/// [BackendMain].
@NullMarked
package io.fleetserve.benchmarks.load.backend;

import org.jspecify.annotations.NullMarked;
