package io.fleetserve.api.spec;

import io.fleetserve.api.spec.ServiceSection.Routing;
import io.fleetserve.api.yaml.YamlNode.Entry;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads `service.routing`. Types and ranges were checked by the schema.
final class RoutingReader {
  private RoutingReader() {}

  static Routing read(Section section, LocalPaths paths) {
    Map<String, Double> weights = new LinkedHashMap<>();
    section
        .section("weights")
        .ifPresent(table -> {
          for (Entry entry : table.mapping().entries()) {
            if (!Accelerators.isName(entry.key())) {
              table.wrongKey(entry.key(), "not an accelerator (expected: NAME or NAME:count)");
            }
            table.number(entry.key()).ifPresent(weight -> weights.put(entry.key(), weight));
          }
        });
    ReplicaProtocol protocol =
        section.constant("protocol", ReplicaProtocol.class).orElse(Routing.DEFAULT.protocol());
    return new Routing(
        section.text("session_header").map(name -> name.toLowerCase(Locale.ROOT)).orElse(null),
        section.text("session_cookie").orElse(null),
        weights,
        section.integer("max_in_flight").orElse(null),
        section.seconds("slow_start_seconds").orElse(Routing.DEFAULT.slowStart()),
        protocol,
        tls(section, protocol, paths));
  }

  private static @Nullable ReplicaTls tls(
      Section section, ReplicaProtocol protocol, LocalPaths paths) {
    Section tls = section.section("tls").orElse(null);
    if (tls == null) {
      return protocol == ReplicaProtocol.H2 ? ReplicaTls.DEFAULT : null;
    }
    if (protocol == ReplicaProtocol.H2C) {
      section.wrongKey("tls", "not together with protocol: h2c, which is without (expected: h2)");
    }
    boolean verify = tls.flag("verify").orElse(ReplicaTls.DEFAULT.verify());
    if (!verify && tls.has("ca_file")) {
      tls.wrongKey("ca_file", "not together with verify: false (expected: one of the two)");
    }
    return new ReplicaTls(
        verify, paths.pemFile(tls, "ca_file").orElse(null), tls.text("server_name").orElse(null));
  }
}
