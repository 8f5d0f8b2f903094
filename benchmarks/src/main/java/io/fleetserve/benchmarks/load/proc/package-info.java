/// What Linux tells about processes and the machine: CPU time, memory, affinity. Parsing is pure
/// (text in, numbers out); [ProcFiles] does the reading.
@NullMarked
package io.fleetserve.benchmarks.load.proc;

import org.jspecify.annotations.NullMarked;
