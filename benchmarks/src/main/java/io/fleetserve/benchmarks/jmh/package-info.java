/// Microbenchmarks. Start in `JmhMain`, which runs all of them;
/// [io.fleetserve.benchmarks.jmh.PolicyBench] measures what the choice of a replica costs. May use
/// the public parts of any module.
@NullMarked
package io.fleetserve.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
