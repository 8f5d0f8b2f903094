package io.fleetserve.api.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a load balancer is started with: the JSON file (mode 0600) named by its only argument.
///
/// @param id stable over restarts, for example `lb-1`
/// @param folder absolute; the load balancer's own folder. It keeps `snapshot.json` there, and
///   writes `loadbalancer.json` (a [Presence]) once it listens
/// @param controllerInfoFile absolute path of a file that holds a [ControllerInfo]: read again
///   before each connection, so that a controller may come back at another address
/// @param tokenFile absolute path of the file with the load balancers' token
/// @param bindHost address of all service listeners and the shared port; default `127.0.0.1`
/// @param sharedPort port that serves every service by host name; 0 means off
/// @param adminPort loopback port of health, metrics and endpoint dump; 0 means: pick a free one
/// @param transport to use where it works; the next best else
/// @param accessLog absolute path; empty means no access log
/// @param accessLogBytes size of the access log on disk at most, old parts included
/// @param options a missing one means [Options#DEFAULT]
/// @param tunnel where agents dial in; null means nowhere
public record LoadBalancerBoot(
    String id,
    String folder,
    String controllerInfoFile,
    String tokenFile,
    String bindHost,
    int sharedPort,
    int adminPort,
    TransportKind transport,
    String accessLog,
    long accessLogBytes,
    Options options,
    @Nullable TunnelRule tunnel) {
  @SuppressWarnings("ConstantValue") // what comes from a file may lack it
  public LoadBalancerBoot {
    options = options == null ? Options.DEFAULT : options;
  }

  /// With the default options, without tunnels.
  public LoadBalancerBoot(
      String id,
      String folder,
      String controllerInfoFile,
      String tokenFile,
      String bindHost,
      int sharedPort,
      int adminPort,
      TransportKind transport,
      String accessLog,
      long accessLogBytes) {
    this(
        id,
        folder,
        controllerInfoFile,
        tokenFile,
        bindHost,
        sharedPort,
        adminPort,
        transport,
        accessLog,
        accessLogBytes,
        Options.DEFAULT,
        null);
  }

  /// What an operator may choose.
  ///
  /// @param drainMillis longest time in which a process that was replaced finishes its requests;
  ///   what is left then is cut
  /// @param tls of the shared port; null means plain HTTP
  /// @param trustedProxies networks in CIDR notation whose word about clients is believed
  /// @param tracing where spans go; null for no tracing
  /// @param proxyProtocol networks in CIDR notation whose connections begin with a header of the
  ///   PROXY protocol; a missing list is an empty one
  public record Options(
      long drainMillis,
      @Nullable TlsRule tls,
      Limits limits,
      List<String> trustedProxies,
      ForwardedHeaders forwardedHeaders,
      @Nullable Tracing tracing,
      List<String> proxyProtocol) {
    public static final Options DEFAULT = new Options(600_000, null);

    @SuppressWarnings("ConstantValue") // what comes from a file may lack it
    public Options {
      trustedProxies = List.copyOf(trustedProxies);
      proxyProtocol = proxyProtocol == null ? List.of() : List.copyOf(proxyProtocol);
    }

    /// With the default limits and forwarded headers, and without tracing.
    public Options(long drainMillis, @Nullable TlsRule tls) {
      this(
          drainMillis,
          tls,
          Limits.DEFAULT,
          List.of(),
          ForwardedHeaders.X_FORWARDED,
          null,
          List.of());
    }
  }

  /// What clients may take; 0 means no limit.
  ///
  /// @param connections all together; 0: what the process' file descriptors allow
  /// @param connectionsPerPort at one port; beyond, accepting there pauses
  /// @param connectionsPerClient of one address; a further one is closed at once
  /// @param bodyBytesPerMinute fewest bytes of a request's body a minute, over four; then 408
  /// @param headBytes of a request's head; a missing one means the default
  /// @param headFields fields of a request's head; a missing one means the default
  public record Limits(
      int connections,
      int connectionsPerPort,
      int connectionsPerClient,
      int bodyBytesPerMinute,
      int headBytes,
      int headFields) {
    public static final Limits DEFAULT = new Limits(0, 0, 0, 128, 32 << 10, 100);

    public Limits {
      headBytes = headBytes == 0 ? 32 << 10 : headBytes;
      headFields = headFields == 0 ? 100 : headFields;
    }
  }

  /// In which form replicas learn of the client.
  public enum ForwardedHeaders {
    X_FORWARDED,
    FORWARDED,
    BOTH
  }

  /// OpenTelemetry spans.
  ///
  /// @param endpoint URL of an OTLP/HTTP collector, for example `http://127.0.0.1:4318/v1/traces`
  /// @param sampleRatio share of the requests that begin a trace here, 0..1; where the client began
  ///   one, it decides
  public record Tracing(String endpoint, double sampleRatio) {}

  /// Content of `loadbalancer.json`: how others find the running process.
  ///
  /// @param processStartMillis epoch milliseconds: with the pid, the identity of the process
  /// @param sharedPort as opened; 0 when off, or while it cannot be opened
  /// @param adminUrl base URL of the admin port, for example `http://127.0.0.1:40125`; empty while
  ///   it cannot be opened
  /// @param tunnelPort where agents dial in; 0 when that is off, or while it cannot be opened
  public record Presence(
      String id,
      long pid,
      long processStartMillis,
      int sharedPort,
      String adminUrl,
      int tunnelPort) {}
}
