package io.fleetserve.controller.home;

import io.fleetserve.api.config.ConfigSection;
import io.fleetserve.api.net.Network;
import io.fleetserve.api.wire.LoadBalancerBoot.Limits;
import io.fleetserve.api.wire.LoadBalancerBoot.Options;
import io.fleetserve.api.wire.LoadBalancerBoot.Tracing;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads those keys of `load_balancer:` that its process understands.
final class BalancerOptions {
  private static final int MOST_CONNECTIONS = 1_000_000;

  private BalancerOptions() {}

  /// Reads them.
  ///
  /// @param folder where relative paths of certificates start
  static Options read(ConfigSection section, Path folder) {
    Options standard = Options.DEFAULT;
    int drainSeconds = (int) (standard.drainMillis() / 1000);
    return new Options(
        1000L * section.integer("drain_seconds", drainSeconds, 1, 86_400),
        TlsReader.read(section.section("tls"), folder),
        limits(section.section("limits")),
        networks(section, "trusted_proxies"),
        section.choice("forwarded_headers", standard.forwardedHeaders()),
        section.keys().contains("tracing") ? tracing(section.section("tracing")) : null,
        networks(section, "proxy_protocol"));
  }

  private static List<String> networks(ConfigSection section, String key) {
    return section.texts(
        key,
        List.of(),
        "addresses or networks, for example 10.0.0.0/8 or 2001:db8::/32",
        BalancerOptions::isNetwork);
  }

  private static Limits limits(ConfigSection section) {
    Limits standard = Limits.DEFAULT;
    Limits limits =
        new Limits(
            section.integer("connections", standard.connections(), 0, MOST_CONNECTIONS),
            section.integer(
                "connections_per_port", standard.connectionsPerPort(), 0, MOST_CONNECTIONS),
            section.integer(
                "connections_per_client", standard.connectionsPerClient(), 0, MOST_CONNECTIONS),
            section.integer("body_bytes_per_minute", standard.bodyBytesPerMinute(), 0, 100_000_000),
            section.integer("header_bytes", standard.headBytes(), 16 << 10, 1 << 20),
            section.integer("header_fields", standard.headFields(), 20, 1000));
    section.refuseOthers();
    return limits;
  }

  private static @Nullable Tracing tracing(ConfigSection section) {
    String endpoint =
        section.required(
            "endpoint",
            "URL of an OTLP/HTTP collector, for example http://127.0.0.1:4318/v1/traces",
            BalancerOptions::isHttp);
    double ratio = section.ratio("sample_ratio", 0.01);
    section.refuseOthers();
    return endpoint.isEmpty() ? null : new Tracing(endpoint, ratio);
  }

  private static boolean isNetwork(String text) {
    try {
      Network.parse(text);
      return true;
    } catch (IllegalArgumentException wrong) {
      return false;
    }
  }

  private static boolean isHttp(String text) {
    try {
      URI uri = URI.create(text);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      return uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"));
    } catch (IllegalArgumentException wrong) {
      return false;
    }
  }
}
