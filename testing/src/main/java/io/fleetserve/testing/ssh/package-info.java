/// SSH hosts for tests. Start in [SshHosts]. Depends on the JDK and `api`.
@NullMarked
package io.fleetserve.testing.ssh;

import org.jspecify.annotations.NullMarked;
