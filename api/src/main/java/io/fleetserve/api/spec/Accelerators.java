package io.fleetserve.api.spec;

import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Entry;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Reads `accelerators`: one (`H100:4`), a list (tried in order), or a set or mapping (any of
/// them).
///
/// @param alternatives each name to count; one empty mapping when no accelerator is wanted
/// @param ordered whether their order counts; only a list of several says so
record Accelerators(List<Map<String, Double>> alternatives, boolean ordered) {
  static final Accelerators NONE = new Accelerators(List.of(Map.of()), false);

  /// A letter somewhere in the name, so that a stray number is no accelerator; no count of 0.
  private static final Pattern NAME =
      Pattern.compile(
          "(?=[^:]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._+-]*(:(?![0.]+$)[0-9]{1,5}(\\.[0-9]{1,4})?)?");

  private static final String RULE = " is no accelerator (expected: NAME or NAME:count, as H100:4)";

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  boolean several() {
    return alternatives.size() > 1;
  }

  static Accelerators read(Section resources) {
    YamlNode value = resources.value("accelerators").orElse(null);
    List<Map<String, Double>> found = new ArrayList<>();
    switch (value) {
      case null -> {
        return NONE;
      }
      case Scalar scalar -> add(resources, "accelerators", scalar, found);
      case YamlNode.Sequence list -> {
        int index = 0;
        for (YamlNode item : list.items()) {
          add(resources, "accelerators[" + index++ + "]", item, found);
        }
      }
      case Mapping mapping ->
          resources
              .section("accelerators")
              .ifPresent(section -> mapping.entries().forEach(e -> add(section, e, found)));
    }
    boolean ordered = value instanceof YamlNode.Sequence && found.size() > 1;
    return found.isEmpty() ? NONE : new Accelerators(List.copyOf(found), ordered);
  }

  private static void add(
      Section resources, String key, YamlNode item, List<Map<String, Double>> found) {
    if (!(item instanceof Scalar scalar) || !(scalar.value() instanceof String text)) {
      return; // of the wrong type: the schema has said so
    }
    if (isName(text)) {
      found.add(parse(text));
    } else {
      String path = resources.pathOf(key);
      resources.problems().add(item.line(), item.column(), path, Shown.of(path, item) + RULE);
    }
  }

  private static void add(Section section, Entry entry, List<Map<String, Double>> found) {
    if (!isName(entry.key())) {
      section.wrongKey(entry.key(), "not an accelerator (expected: NAME or NAME:count)");
    } else if (YamlNode.isNull(entry.value())) {
      found.add(parse(entry.key()));
    } else if (entry.key().contains(":")) {
      section.wrongKey(entry.key(), "has a count twice (keep one of them)");
    } else {
      section.number(entry.key()).ifPresent(count -> found.add(Map.of(entry.key(), count)));
    }
  }

  private static Map<String, Double> parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? Map.of(text, 1.0)
        : Map.of(text.substring(0, colon), Double.valueOf(text.substring(colon + 1)));
  }
}
