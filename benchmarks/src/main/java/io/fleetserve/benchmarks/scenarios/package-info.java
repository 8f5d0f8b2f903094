/// End-to-end figures of the built distribution: how long a person or a request waits. Start in
/// [ScenariosMain]; `bin/bench scenarios` runs it.
@NullMarked
package io.fleetserve.benchmarks.scenarios;

import org.jspecify.annotations.NullMarked;
