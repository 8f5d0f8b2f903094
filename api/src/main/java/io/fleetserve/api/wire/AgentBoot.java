package io.fleetserve.api.wire;

import io.fleetserve.api.spec.ReplicaProtocol;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a replica agent is started with: the JSON file (mode 0600) named by its only argument.
///
/// @param installationId owner of this replica; also in the environment of every process of it
/// @param attemptId of the provider call that made it
/// @param generation start count of this replica id
/// @param controllerUrl base, for example `http://127.0.0.1:40123`; `https` where the agent has to
///   join first
/// @param token authenticates this replica's agent, and only it; where it has to join, the token is
///   good for one certificate and for a few minutes
/// @param authority PEM certificate of the installation's own authority, which the controller's
///   certificate has to come from; null where the connection does not leave the machine
/// @param oneAddress `controllerUrl` is the address of a load balancer's tunnel port, which passes
///   connections on to the controller: the tunnel is dialled there, too
/// @param folder absolute; the replica's own folder, `work/` below it is where `run` starts
public record AgentBoot(
    String installationId,
    String service,
    int replicaId,
    int generation,
    int version,
    String attemptId,
    String controllerUrl,
    String token,
    @Nullable String authority,
    boolean oneAddress,
    String folder,
    ReplicaTask task,
    ProbeRule probe) {

  /// What to run.
  ///
  /// @param setup null means none
  /// @param env complete environment beside the machine's own PATH, HOME, LANG and the like; holds
  ///   secrets
  /// @param host address the server is expected on, for example `127.0.0.1`
  /// @param port fixed port; 0 means: pick a free one. `PORT` tells it to the server
  /// @param workdir folder to copy into `work/`; null means none
  /// @param fileMounts target path (absolute, `~/..` or relative to `work/`) to source path
  /// @param memoryBytes limit; 0 means none
  /// @param cpus limit; 0 means none
  /// @param logBytes size of the replica's log on disk at most
  public record ReplicaTask(
      @Nullable String setup,
      String run,
      Map<String, String> env,
      String host,
      int port,
      @Nullable String workdir,
      Map<String, String> fileMounts,
      long memoryBytes,
      double cpus,
      long logBytes,
      RestartRule restart,
      long graceMillis) {
    public ReplicaTask {
      env = Map.copyOf(env);
      fileMounts = Map.copyOf(fileMounts);
    }

    /// The same on another machine.
    ///
    /// @param address the server is expected on
    /// @param more added to the environment
    /// @param movedWorkdir and `movedMounts`: where their content lies there
    public ReplicaTask on(
        String address,
        Map<String, String> more,
        @Nullable String movedWorkdir,
        Map<String, String> movedMounts) {
      return moved(address, port, more, movedWorkdir, movedMounts, memoryBytes, cpus);
    }

    /// The same inside a container or a job, which holds the limits.
    ///
    /// @param address the server is expected on
    /// @param expected port there
    /// @param more added to the environment
    public ReplicaTask inside(String address, int expected, Map<String, String> more) {
      return moved(address, expected, more, workdir, fileMounts, 0, 0);
    }

    private ReplicaTask moved(
        String address,
        int expected,
        Map<String, String> more,
        @Nullable String movedWorkdir,
        Map<String, String> movedMounts,
        long limitBytes,
        double limitCpus) {
      Map<String, String> all = new HashMap<>(env);
      all.putAll(more);
      return new ReplicaTask(
          setup,
          run,
          all,
          address,
          expected,
          movedWorkdir,
          movedMounts,
          limitBytes,
          limitCpus,
          logBytes,
          restart,
          graceMillis);
    }

    @Override
    public String toString() {
      return "ReplicaTask[" + run.lines().findFirst().orElse("") + "]";
    }
  }

  /// See `ServiceSection.Restart`.
  ///
  /// @param policy `never`, `on_failure` or `always`
  public record RestartRule(String policy, int maxRestarts) {}

  /// See `ReadinessProbe`.
  ///
  /// @param protocol what the server is asked in; a missing one means HTTP/1.1. A gRPC health check
  ///   is always HTTP/2
  /// @param grpcService asked for by gRPC's health check, empty for the whole server; null means
  ///   that `path` is asked
  /// @param tls whether the server speaks TLS; its certificate is not checked, as the question is
  ///   whether it serves, on its own machine
  public record ProbeRule(
      String path,
      @Nullable String postData,
      Map<String, String> headers,
      long initialDelayMillis,
      long timeoutMillis,
      long intervalMillis,
      long failureWindowMillis,
      ReplicaProtocol protocol,
      @Nullable String grpcService,
      boolean tls) {
    @SuppressWarnings("ConstantValue") // what comes from a file may lack it
    public ProbeRule {
      headers = Map.copyOf(headers);
      protocol = protocol == null ? ReplicaProtocol.HTTP1 : protocol;
    }

    /// Asks for a path in HTTP/1.1.
    public ProbeRule(
        String path,
        @Nullable String postData,
        Map<String, String> headers,
        long initialDelayMillis,
        long timeoutMillis,
        long intervalMillis,
        long failureWindowMillis) {
      this(
          path,
          postData,
          headers,
          initialDelayMillis,
          timeoutMillis,
          intervalMillis,
          failureWindowMillis,
          ReplicaProtocol.HTTP1,
          null,
          false);
    }

    /// What is asked, for people.
    @Override
    public String toString() {
      if (grpcService == null) {
        return path;
      }
      return "gRPC health check" + (grpcService.isEmpty() ? "" : " of " + grpcService);
    }
  }

  /// For an agent on the controller's machine.
  public AgentBoot(
      String installationId,
      String service,
      int replicaId,
      int generation,
      int version,
      String attemptId,
      String controllerUrl,
      String token,
      String folder,
      ReplicaTask task,
      ProbeRule probe) {
    this(
        installationId,
        service,
        replicaId,
        generation,
        version,
        attemptId,
        controllerUrl,
        token,
        null,
        false,
        folder,
        task,
        probe);
  }

  /// The same, to be started in a folder.
  public AgentBoot in(String chosenFolder) {
    return at(controllerUrl, chosenFolder, task);
  }

  /// The same, as a provider has arranged it: where the controller is found from there, the folder,
  /// and what to run.
  public AgentBoot at(String url, String chosenFolder, ReplicaTask arranged) {
    return new AgentBoot(
        installationId,
        service,
        replicaId,
        generation,
        version,
        attemptId,
        url,
        token,
        authority,
        oneAddress,
        chosenFolder,
        arranged,
        probe);
  }

  @Override
  public String toString() {
    return "AgentBoot[" + service + "/" + replicaId + "." + generation + "]";
  }
}
