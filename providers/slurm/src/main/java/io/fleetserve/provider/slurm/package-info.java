/// The provider of Slurm clusters: a replica is a batch job in which the agent runs. Start in
/// [SlurmProvider]. May depend on `api`, `providers/spi` and `providers/transport`.
@NullMarked
package io.fleetserve.provider.slurm;

import org.jspecify.annotations.NullMarked;
