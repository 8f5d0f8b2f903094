/// A Slurm cluster for tests. Start in [SlurmCluster]. Depends on the JDK.
@NullMarked
package io.fleetserve.testing.slurm;

import org.jspecify.annotations.NullMarked;
