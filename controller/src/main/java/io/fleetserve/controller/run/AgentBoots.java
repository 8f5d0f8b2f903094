package io.fleetserve.controller.run;

import io.fleetserve.api.spec.FileMount;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.spec.ReadinessProbe;
import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSection;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.Workdir;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentCommand;
import io.fleetserve.controller.identity.AgentDoor;
import io.fleetserve.controller.identity.Joins;
import io.fleetserve.controller.identity.TunnelDoor;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.ServiceVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Turns a version of a service into what an agent is told.
///
/// @param installationId of the store
/// @param controllerUrl where agents on this machine find the controller
/// @param logBytes of a replica's log on its own disk at most
/// @param door where agents that have to join find it; null while there can be none
/// @param tunnels where agents that have joined dial in; null means nowhere
/// @param oneAddress who joins there, too; nobody where there are no tunnels
record AgentBoots(
    String installationId,
    String controllerUrl,
    long logBytes,
    @Nullable AgentDoor door,
    @Nullable TunnelDoor tunnels,
    OneAddress oneAddress) {
  private static final String LOOPBACK = "127.0.0.1";
  private static final long GIB = 1L << 30;

  /// @param resources the candidate that was met: exact amounts limit the replica, `4+` does not
  /// @param token plain, for an agent on this machine; the store keeps its hash only. One on
  ///   another machine gets a token to join with instead, and this one stays unknown to all
  /// @param remote the agent runs on another machine; it has to join, as one with a tunnel has to
  AgentBoot boot(
      ServiceVersion version,
      Resources resources,
      ReplicaKey key,
      String attemptId,
      String token,
      boolean remote) {
    boolean joins = remote || version.spec().service().network() == NetworkMode.TUNNEL;
    AgentDoor outside = joins ? Objects.requireNonNull(door, "door") : null;
    TunnelDoor only = joins && oneAddress.isFor(remote) ? tunnels : null;
    return new AgentBoot(
        installationId,
        key.service(),
        key.replicaId(),
        key.generation(),
        version.number(),
        attemptId,
        url(outside, only),
        outside == null ? token : Joins.token(attemptId),
        outside == null ? null : outside.authorityPem(),
        only != null,
        "",
        task(version, resources, key),
        probe(version.spec().service()));
  }

  private String url(@Nullable AgentDoor outside, @Nullable TunnelDoor only) {
    if (only != null) {
      return "https://" + only.address();
    }
    return outside == null ? controllerUrl : outside.url();
  }

  /// Makes the token of a boot file good, if the agent has to join with it. To be called before the
  /// provider is.
  void invite(AgentBoot boot) {
    if (door != null && boot.authority() != null) {
      door.joins().invite(boot.attemptId(), boot.token());
    }
  }

  /// The machine of an attempt still waits for its start.
  void extend(String attemptId) {
    if (door != null) {
      door.joins().extend(attemptId);
    }
  }

  /// Nothing that the agent of an attempt has is good any more.
  void revoke(@Nullable String attemptId) {
    if (door != null && attemptId != null) {
      door.joins().revoke(attemptId);
    }
  }

  /// The settings that may change while the replica runs.
  AgentCommand.Configure configure(ServiceVersion version) {
    ServiceSection section = version.spec().service();
    boolean dials = tunnels != null && section.network() != NetworkMode.DIRECT;
    return new AgentCommand.Configure(
        version.number(),
        probe(section),
        restart(section.restart()),
        dials ? List.of(Objects.requireNonNull(tunnels).address()) : List.of());
  }

  /// Whether agents can dial load balancers.
  boolean hasTunnels() {
    return tunnels != null;
  }

  private AgentBoot.ReplicaTask task(ServiceVersion version, Resources resources, ReplicaKey key) {
    ServiceSpec spec = version.spec();
    Integer port = spec.service().port();
    return new AgentBoot.ReplicaTask(
        spec.setup(),
        spec.run(),
        environment(version, resources, key),
        LOOPBACK,
        port == null ? 0 : port,
        spec.workdir() instanceof Workdir.LocalFolder folder ? folder.path() : null,
        mounts(spec),
        (long) (limit(resources.memoryGib()) * GIB),
        limit(resources.cpus()),
        logBytes,
        restart(spec.service().restart()),
        spec.service().drain().grace().toMillis());
  }

  private static double limit(Resources.@Nullable Amount amount) {
    return amount == null || amount.atLeast() ? 0 : amount.value();
  }

  private static Map<String, String> environment(
      ServiceVersion version, Resources resources, ReplicaKey key) {
    ServiceSpec spec = version.spec();
    Map<String, String> env = new HashMap<>(spec.envs());
    spec.secrets().forEach((name, secret) -> env.put(name, secret.reveal()));
    env.put("FLEETSERVE_SERVICE", key.service());
    env.put("FLEETSERVE_REPLICA_ID", Integer.toString(key.replicaId()));
    env.put("FLEETSERVE_VERSION", Integer.toString(version.number()));
    env.put("SKYPILOT_SERVE_REPLICA_ID", Integer.toString(key.replicaId()));
    env.put("SKYPILOT_NODE_RANK", "0");
    env.put("SKYPILOT_NODE_IPS", LOOPBACK);
    env.put("SKYPILOT_NUM_NODES", "1");
    env.put("SKYPILOT_NUM_GPUS_PER_NODE", Integer.toString(accelerators(resources)));
    return env;
  }

  private static int accelerators(Resources resources) {
    return (int)
        Math.ceil(
            resources.accelerators().values().stream().mapToDouble(Double::doubleValue).sum());
  }

  private static Map<String, String> mounts(ServiceSpec spec) {
    Map<String, String> mounts = new HashMap<>();
    spec.fileMounts()
        .forEach((target, mount) -> {
          if (mount instanceof FileMount.LocalPath local) {
            mounts.put(target, local.path());
          }
        });
    return mounts;
  }

  private static AgentBoot.ProbeRule probe(ServiceSection section) {
    ReadinessProbe probe = section.readinessProbe();
    @Nullable String postData = probe.postData();
    return new AgentBoot.ProbeRule(
        probe.path(),
        postData,
        probe.headers(),
        probe.initialDelay().toMillis(),
        probe.timeout().toMillis(),
        probe.interval().toMillis(),
        probe.failureWindow().toMillis(),
        section.routing().protocol(),
        probe.grpcService(),
        section.routing().tls() != null);
  }

  private static AgentBoot.RestartRule restart(ServiceSection.Restart restart) {
    return new AgentBoot.RestartRule(
        restart.policy().name().toLowerCase(Locale.ROOT), restart.maxRestarts());
  }
}
