package io.fleetserve.api.spec;

import io.fleetserve.api.spec.ServiceSection.Routing;
import io.fleetserve.api.yaml.YamlNode.Entry;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Reads `service.routing`. Types and ranges were checked by the schema.
final class RoutingReader {
  private RoutingReader() {}

  static Routing read(Section section) {
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
    return new Routing(
        section.text("session_header").map(name -> name.toLowerCase(Locale.ROOT)).orElse(null),
        section.text("session_cookie").orElse(null),
        weights,
        section.integer("max_in_flight").orElse(null),
        section.seconds("slow_start_seconds").orElse(Routing.DEFAULT.slowStart()),
        section.constant("protocol", ReplicaProtocol.class).orElse(Routing.DEFAULT.protocol()));
  }
}
