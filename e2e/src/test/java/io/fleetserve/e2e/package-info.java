/// End-to-end tests: the built distribution, real processes, the real tiny model, driven as a
/// person at a shell would. Start in [TinyLlmIT].
@NullMarked
package io.fleetserve.e2e;

import org.jspecify.annotations.NullMarked;
