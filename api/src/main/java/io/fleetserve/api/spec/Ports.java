package io.fleetserve.api.spec;

import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Reads `resources.ports`: a port, a range `a-b`, or a list of them. Normal form: `8080`, `a-b`.
final class Ports {
  private static final int MAX = 65535;

  private Ports() {}

  static List<String> read(Section resources) {
    List<String> ports = new ArrayList<>();
    YamlNode value = resources.value("ports").orElse(null);
    if (value instanceof YamlNode.Sequence list) {
      int index = 0;
      for (YamlNode item : list.items()) {
        add(resources, "ports[" + index++ + "]", item, ports);
      }
    } else if (value != null) {
      add(resources, "ports", value, ports);
    }
    return ports;
  }

  private static void add(Section resources, String key, YamlNode item, List<String> ports) {
    if (!(item instanceof Scalar scalar) || resources.problems().reported(resources.pathOf(key))) {
      return;
    }
    String[] ends = String.valueOf(scalar.value()).split("-", 2);
    try {
      int from = Integer.parseInt(ends[0]);
      int to = Integer.parseInt(ends[ends.length - 1]);
      if (from >= 1 && from <= to && to <= MAX) {
        ports.add(from == to ? Integer.toString(from) : from + "-" + to);
        return;
      }
    } catch (NumberFormatException ignored) {
      // reported below
    }
    String path = resources.pathOf(key);
    String rule = " (expected: ports from 1 to " + MAX + ", as 8080 or 8080-8090)";
    resources.problems().add(item.line(), item.column(), path, Shown.of(path, item) + rule);
  }

  /// The port that gets the requests: `service.ports`, else the only one of `resources.ports`; null
  /// means that each replica gets a free one.
  static @Nullable Integer routed(Section service, Section resources, List<Resources> candidates) {
    Integer chosen = service.integer("ports").orElse(null);
    if (chosen != null) {
      boolean offered =
          candidates.stream()
              .map(Resources::ports)
              .allMatch(ports -> ports.isEmpty() || contain(ports, chosen));
      if (!offered) {
        service.wrong("ports", " is not among resources.ports (expected: one of them)");
      }
      return chosen;
    }
    List<List<String>> offers = candidates.stream().map(Resources::ports).distinct().toList();
    List<String> ports = offers.getFirst();
    if (service.has("ports") || (offers.size() == 1 && ports.isEmpty())) {
      return null;
    }
    if (offers.size() == 1 && only(ports).isPresent()) {
      return only(ports).getAsInt();
    }
    resources.wrongKey(
        "ports",
        (offers.size() == 1 ? "several ports" : "differ between the candidates")
            + " (say in service.ports which one gets the requests)");
    return null;
  }

  private static boolean contain(List<String> ports, int port) {
    return ports.stream().anyMatch(each -> port >= first(each) && port <= last(each));
  }

  /// The port, when there is exactly one.
  private static OptionalInt only(List<String> ports) {
    return ports.size() == 1 && first(ports.getFirst()) == last(ports.getFirst())
        ? OptionalInt.of(first(ports.getFirst()))
        : OptionalInt.empty();
  }

  private static int first(String ports) {
    int dash = ports.indexOf('-');
    return Integer.parseInt(dash < 0 ? ports : ports.substring(0, dash));
  }

  private static int last(String ports) {
    return Integer.parseInt(ports.substring(ports.indexOf('-') + 1));
  }
}
