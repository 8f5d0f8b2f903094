/// Drives a built distribution from the outside, as a person at a shell would: for end-to-end tests
/// and benchmark scenarios. Start in [Fleet]. Knows the command line, HTTP and `/proc`; none of the
/// programs' classes.
@NullMarked
package io.fleetserve.testing.fleet;

import org.jspecify.annotations.NullMarked;
