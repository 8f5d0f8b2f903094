package io.fleetserve.controller.decision;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Where two JSON values differ, as lines `path: before -> after`; at most 20. Stateless.
final class Differences {
  private static final int MOST = 20;
  private static final int LONGEST_VALUE = 200;

  private Differences() {}

  static List<String> of(JsonNode before, JsonNode after) {
    List<String> found = new ArrayList<>();
    compare("", before, after, found);
    return found.size() <= MOST ? found : found.subList(0, MOST);
  }

  private static void compare(String path, JsonNode before, JsonNode after, List<String> found) {
    if (before.isObject() && after.isObject()) {
      Set<String> names = new TreeSet<>(before.propertyNames());
      names.addAll(after.propertyNames());
      for (String name : names) {
        compare(
            path.isEmpty() ? name : path + "." + name, before.path(name), after.path(name), found);
      }
    } else if (before.isArray() && after.isArray()) {
      for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
        compare(path + "[" + i + "]", before.path(i), after.path(i), found);
      }
    } else if (!equal(before, after)) {
      found.add(path + ": " + shown(before) + " -> " + shown(after));
    }
  }

  /// Numbers by their value: `3` and `3.0` are the same.
  private static boolean equal(JsonNode before, JsonNode after) {
    if (before.isNumber() && after.isNumber()) {
      return before.doubleValue() == after.doubleValue();
    }
    return before.equals(after);
  }

  private static String shown(JsonNode value) {
    String text = value.isMissingNode() ? "nothing" : value.toString();
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "...";
  }
}
