/// What Linux tells about processes, and how the processes of one replica are found and ended:
/// shared by the replica agent and by providers that run on the machine they are started on. Start
/// in [LinuxProcess] and [ReplicaProcesses]. JDK only, and light: the start of an agent loads it.
@NullMarked
package io.fleetserve.api.process;

import org.jspecify.annotations.NullMarked;
