package io.fleetserve.api.spec;

import static io.fleetserve.api.unit.Checks.check;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The `service:` section: SkyServe's keys first, our own behind.
///
/// @param port the port the server listens on if the file fixes one; null means the replica gets a
///   free one in `PORT`
/// @param streamTimeout longest silence of a replica while it answers (`load_balancer.
///   stream_timeout_seconds`)
/// @param tls termination at the load balancer; null means plain HTTP
/// @param network how load balancers reach replicas; default AUTO
/// @param autoscaling null means SkyServe's rules: fixed, or `target_qps_per_replica`
public record ServiceSection(
    ReadinessProbe readinessProbe,
    ReplicaPolicy replicaPolicy,
    LoadBalancingPolicy loadBalancingPolicy,
    @Nullable Integer port,
    Duration streamTimeout,
    @Nullable Tls tls,
    @Nullable Autoscaling autoscaling,
    Hold hold,
    Drain drain,
    Retry retry,
    Outlier outlier,
    Rollout rollout,
    Restart restart,
    Listen listen,
    Routing routing,
    Timeouts timeouts,
    Overload overload,
    Hedge hedge,
    SpotMix spot,
    NetworkMode network) {

  /// PEM files of the load balancer's certificate.
  ///
  /// @param clientCaFile authorities of client certificates; null means that none is asked for
  /// @param clientAuth whether a client has to show one; default REQUIRE with `clientCaFile`
  public record Tls(
      String keyFile, String certFile, @Nullable String clientCaFile, ClientAuth clientAuth) {}

  /// Limits of requests that wait for a replica.
  ///
  /// @param maxWait longest wait, then 503; `hold.max_wait_seconds`, default 900
  /// @param maxRequests most waiting requests of the service, beyond: 503 at once; default 1000
  /// @param maxBytes most buffered bytes of waiting requests; default 64 MiB
  public record Hold(Duration maxWait, int maxRequests, long maxBytes) {
    public static final Hold DEFAULT = new Hold(Duration.ofSeconds(900), 1000, 64L << 20);

    public Hold {
      check(maxWait.isPositive(), "hold.max_wait_seconds", maxWait, "> 0");
      check(maxRequests >= 0, "hold.max_requests", maxRequests, ">= 0");
      check(maxBytes >= 0, "hold.max_bytes", maxBytes, ">= 0");
    }
  }

  /// How a replica is taken out of service.
  ///
  /// @param timeout longest wait for requests in flight before a replica is stopped; default 300 s
  /// @param grace between SIGTERM, the second SIGTERM and SIGKILL; default 10 s
  public record Drain(Duration timeout, Duration grace) {
    public static final Drain DEFAULT = new Drain(Duration.ofSeconds(300), Duration.ofSeconds(10));

    public Drain {
      check(!timeout.isNegative(), "drain.timeout_seconds", timeout, ">= 0");
      check(!grace.isNegative(), "drain.grace_seconds", grace, ">= 0");
    }
  }

  /// When a failed request is sent again.
  ///
  /// @param attempts sends of one request at most, the first included, >= 1; default 3
  /// @param budget share of requests in flight that may be retries, 0..1; default 0.2 (never below
  ///   3 at once)
  /// @param idempotentOnly repeat only what RFC 9110 section 9.2.2 calls idempotent, or what no
  ///   replica has seen; default true
  public record Retry(int attempts, double budget, boolean idempotentOnly) {
    public static final Retry DEFAULT = new Retry(3, 0.2, true);

    public Retry {
      check(attempts >= 1, "retry.attempts", attempts, ">= 1");
      check(budget >= 0 && budget <= 1, "retry.budget", budget, "0..1");
    }
  }

  /// Passive health.
  ///
  /// @param consecutiveFailures failures in a row that eject a replica, >= 1; default 5. A refused
  ///   connection ejects at once
  /// @param maxEjectedFraction 0..1, at least one replica is always kept; default 0.5
  /// @param failureFraction 0..1, failures among a replica's requests that eject it if the others
  ///   have at most half of that; 0 means never; default 0.2
  /// @param minRequests of a replica within the window before its failures are judged, >= 1;
  ///   default 10; ten times as many before its success rate is compared
  /// @param window in which requests count, >= 1 s; default 30 s
  /// @param stdevFactor standard deviations below the mean success rate that eject, among five
  ///   replicas or more; 0 means never; default 1.9
  /// @param baseEjection the first ejection, doubled with each in a row; default 2 s
  /// @param maxEjection the longest; default 60 s
  /// @param panicFraction 0..1, available replicas below which the health of all is ignored; 0
  ///   means never; default 0.5
  public record Outlier(
      int consecutiveFailures,
      double maxEjectedFraction,
      double failureFraction,
      int minRequests,
      Duration window,
      double stdevFactor,
      Duration baseEjection,
      Duration maxEjection,
      double panicFraction) {
    public static final Outlier DEFAULT =
        new Outlier(
            5,
            0.5,
            0.2,
            10,
            Duration.ofSeconds(30),
            1.9,
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            0.5);

    public Outlier {
      check(consecutiveFailures >= 1, "outlier.consecutive_failures", consecutiveFailures, ">= 1");
      checkFraction("outlier.max_ejected_fraction", maxEjectedFraction);
      checkFraction("outlier.failure_fraction", failureFraction);
      check(minRequests >= 1, "outlier.min_requests", minRequests, ">= 1");
      check(window.toSeconds() >= 1, "outlier.window_seconds", window, ">= 1");
      check(stdevFactor >= 0, "outlier.stdev_factor", stdevFactor, ">= 0");
      check(baseEjection.isPositive(), "outlier.base_ejection_seconds", baseEjection, "> 0");
      check(
          maxEjection.compareTo(baseEjection) >= 0,
          "outlier.max_ejection_seconds",
          maxEjection,
          ">= base_ejection_seconds");
      checkFraction("outlier.panic_fraction", panicFraction);
    }

    private static void checkFraction(String key, double value) {
      check(value >= 0 && value <= 1, key, value, "0..1");
    }
  }

  /// Which replica a request may go to.
  ///
  /// @param sessionHeader requests with the same value go to the same replica; lower case; null
  ///   means none
  /// @param sessionCookie the same by a cookie, for requests without that header; null means none
  /// @param weights how much a replica takes relative to the others, by accelerator, each > 0;
  ///   empty means all the same
  /// @param maxInFlight requests at one replica at once, >= 1; more wait. Null means no limit
  /// @param slowStart time in which a new or returned replica warms up, >= 0; default 30 s
  /// @param protocol what replicas are spoken to with; default HTTP/1.1
  /// @param tls null means without
  public record Routing(
      @Nullable String sessionHeader,
      @Nullable String sessionCookie,
      Map<String, Double> weights,
      @Nullable Integer maxInFlight,
      Duration slowStart,
      ReplicaProtocol protocol,
      @Nullable ReplicaTls tls) {
    public static final Routing DEFAULT =
        new Routing(
            null, null, Map.of(), null, Duration.ofSeconds(30), ReplicaProtocol.HTTP1, null);

    public Routing {
      weights = Map.copyOf(weights);
      if (maxInFlight != null) {
        check(maxInFlight >= 1, "routing.max_in_flight", maxInFlight, ">= 1");
      }
      check(!slowStart.isNegative(), "routing.slow_start_seconds", slowStart, ">= 0");
    }
  }

  /// Limits of time beside the stream timeout.
  ///
  /// @param request longest time of a whole request, waiting included (`load_balancer.
  ///   request_timeout_seconds`); null means none
  /// @param firstByte longest wait for the first byte of an answer from one replica
  ///   (`load_balancer.first_byte_timeout_seconds`); null means none
  public record Timeouts(@Nullable Duration request, @Nullable Duration firstByte) {
    public static final Timeouts NONE = new Timeouts(null, null);
  }

  /// What happens when all replicas are full, see [Routing#maxInFlight].
  ///
  /// @param maxWait longest wait for a place at a busy replica, > 0; who would wait longer is
  ///   turned away at once; default 10 s
  /// @param fairHeader requests with different values take turns in waiting; lower case; null means
  ///   by the client's address
  public record Overload(Duration maxWait, @Nullable String fairHeader) {
    public static final Overload DEFAULT = new Overload(Duration.ofSeconds(10), null);

    public Overload {
      check(maxWait.isPositive(), "overload.max_wait_seconds", maxWait, "> 0");
    }
  }

  /// When a request whose answer has not begun is sent to a second replica too.
  ///
  /// @param after fixed time since it was sent, > 0; null means by the quantile
  /// @param quantile of the observed times to the first byte, 0.5 to 0.999; null means by the fixed
  ///   time. Both null: never
  /// @param idempotentOnly only what RFC 9110 section 9.2.2 calls idempotent; default true
  public record Hedge(@Nullable Duration after, @Nullable Double quantile, boolean idempotentOnly) {
    public static final Hedge OFF = new Hedge(null, null, true);
  }

  /// How an update replaces replicas.
  ///
  /// @param mode default rolling
  /// @param maxSurge replicas above the wanted number during an update, >= 0; default 1
  /// @param maxUnavailable ready replicas that may be missing during an update, >= 0; default 0.
  ///   Both 0 is an error
  public record Rollout(Mode mode, int maxSurge, int maxUnavailable) {
    public static final Rollout DEFAULT = new Rollout(Mode.ROLLING, 1, 0);

    public Rollout {
      check(maxSurge >= 0, "rollout.max_surge", maxSurge, ">= 0");
      check(maxUnavailable >= 0, "rollout.max_unavailable", maxUnavailable, ">= 0");
      check(
          maxSurge + maxUnavailable > 0,
          "rollout",
          maxSurge + ", " + maxUnavailable,
          "max_surge or max_unavailable above 0");
    }

    public enum Mode {
      ROLLING,
      BLUE_GREEN
    }
  }

  /// What the agent does when the server exits.
  ///
  /// @param policy default NEVER: the replica fails and the controller replaces it
  /// @param maxRestarts in a row without becoming ready, >= 0; default 3
  public record Restart(Policy policy, int maxRestarts) {
    public static final Restart DEFAULT = new Restart(Policy.NEVER, 3);

    public Restart {
      check(maxRestarts >= 0, "restart.max_restarts", maxRestarts, ">= 0");
    }

    public enum Policy {
      NEVER,
      ON_FAILURE,
      ALWAYS
    }
  }

  /// Where the load balancer listens for the service.
  ///
  /// @param port fixed port; null means the lowest free one from the configured first port
  /// @param hosts further host names on the shared port, beside `<service>` and
  ///   `<service>.localhost`
  public record Listen(@Nullable Integer port, List<String> hosts) {
    public static final Listen DEFAULT = new Listen(null, List.of());

    public Listen {
      hosts = List.copyOf(hosts);
    }
  }
}
