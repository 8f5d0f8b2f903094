package io.fleetserve.api.spec;

import static io.fleetserve.api.unit.Checks.check;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a replica shows that it can serve: HTTP status 200 on `path`, or `SERVING` by gRPC's health
/// checking protocol.
///
/// @param path starts with `/`; default `/`
/// @param postData JSON text; the probe is a POST with it. Null means GET
/// @param headers sent with the probe; may hold filled-in secrets, never printed
/// @param initialDelay time from the first failed probe in which a replica must become ready,
///   default 1200 s
/// @param timeout of one probe, default 15 s
/// @param interval between probes of a replica that was ready once, default 10 s; before that the
///   agent probes faster
/// @param failureWindow time between first and last consecutive failure after which a once-ready
///   replica is given up (`consecutive_failure_threshold_timeout`), default 180 s
/// @param grpcService what gRPC's health check asks for, instead of `path`; empty means the server
///   as a whole, null that `path` is asked
public record ReadinessProbe(
    String path,
    @Nullable String postData,
    Map<String, String> headers,
    Duration initialDelay,
    Duration timeout,
    Duration interval,
    Duration failureWindow,
    @Nullable String grpcService) {

  public static final ReadinessProbe DEFAULT =
      new ReadinessProbe(
          "/",
          null,
          Map.of(),
          Duration.ofSeconds(1200),
          Duration.ofSeconds(15),
          Duration.ofSeconds(10),
          Duration.ofSeconds(180),
          null);

  public ReadinessProbe {
    check(path.startsWith("/"), "readiness_probe.path", path, "starts with /");
    headers = Map.copyOf(headers);
    check(!initialDelay.isNegative(), "initial_delay_seconds", initialDelay, ">= 0");
    check(timeout.isPositive(), "timeout_seconds", timeout, "> 0");
    check(interval.isPositive(), "endpoint_probe_interval_seconds", interval, "> 0");
    check(
        !failureWindow.isNegative(),
        "consecutive_failure_threshold_timeout",
        failureWindow,
        ">= 0");
  }

  /// Method and path; without the query, which may hold a secret.
  @Override
  public String toString() {
    if (grpcService != null) {
      return "gRPC health check" + (grpcService.isEmpty() ? "" : " of " + grpcService);
    }
    int query = path.indexOf('?');
    String shown = query < 0 ? path : path.substring(0, query) + "?***";
    return (postData == null ? "GET " : "POST ") + shown;
  }
}
