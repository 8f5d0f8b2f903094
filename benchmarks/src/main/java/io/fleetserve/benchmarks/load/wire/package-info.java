/// What the harness and its load client say to each other: one JSON object a line, orders on the
/// client's standard input, signals on its standard output.
@NullMarked
package io.fleetserve.benchmarks.load.wire;

import org.jspecify.annotations.NullMarked;
