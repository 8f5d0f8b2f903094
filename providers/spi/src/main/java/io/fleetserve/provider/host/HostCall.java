package io.fleetserve.provider.host;

import io.fleetserve.api.wire.AgentBoot;
import org.jspecify.annotations.Nullable;

/// One call to a machine, one line of JSON; answered by a [HostAnswer] of the same id, in any
/// order.
///
/// @param id unique within the session
/// @param instance name of the instance at the machine; null for CREATE and LIST
/// @param boot what the agent is started with, for CREATE; null else. Holds secrets
public record HostCall(long id, Verb verb, @Nullable String instance, @Nullable AgentBoot boot) {
  /// As the methods of `InstanceProvider`.
  public enum Verb {
    CREATE,
    GET,
    LIST,
    TERMINATE
  }
}
