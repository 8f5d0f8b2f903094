/// Replicas on machines that are reached by SSH: pools of hosts from `infra.yaml`, several replicas
/// a host, nothing needed there but a shell and `tar`. Start in [SshProvider]. May depend on `api`,
/// `providers/spi` and Apache MINA SSHD.
@NullMarked
package io.fleetserve.provider.ssh;

import org.jspecify.annotations.NullMarked;
