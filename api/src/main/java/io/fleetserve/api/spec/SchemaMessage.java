package io.fleetserve.api.spec;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import io.fleetserve.api.spec.ServiceSchema.Place;
import io.fleetserve.api.text.NearestName;
import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Entry;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import io.fleetserve.api.yaml.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Words what the schema found: the offending value, what is expected, and the nearest valid name.
final class SchemaMessage {
  /// Keys that people bring from elsewhere, with what to do instead.
  private static final Map<String, String> REFUSED =
      Map.of(
          "pool",
          "a pool of job workers is no service, and Fleetserve runs services only (expected:"
              + " `service:` with replicas)",
          "service.pool",
          "a pool of job workers is no service, and Fleetserve runs services only (leave it out)",
          "service.workers",
          "a key of job pools (expected: replicas)");

  private static final Pattern UNFILLED = Pattern.compile("\\$(\\w+|\\{\\w+})");
  private static final Pattern OLD_NUMBER = Pattern.compile("[-+]?[0-9][0-9_:]*");

  private final JsonNode root;

  SchemaMessage(JsonNode root) {
    this.root = root;
  }

  void report(Error error, Place place, Problems problems) {
    JsonNode schema = parent(error.getSchemaLocation().getFragment());
    String key = error.getProperty();
    switch (error.getKeyword()) {
      case "additionalProperties" -> unknownKey(schema, key, place, problems);
      case "required" -> {
        JsonNode missing = SchemaShape.resolve(root, schema.path("properties").get(key));
        String expected = missing == null ? "a value" : missing.path("title").asString("a value");
        problems.add(
            place.line(), place.column(), place.child(key), "missing (expected: " + expected + ")");
      }
      case "enum" -> {
        List<String> names = schema.path("enum").valueStream().map(JsonNode::asString).toList();
        wrong(place, problems, suggestion(asWritten(place.node()), names));
      }
      default ->
          wrong(
              place,
              problems,
              " (expected: " + schema.path("title").asString("another value") + ")" + hint(place));
    }
  }

  private void unknownKey(JsonNode schema, String key, Place place, Problems problems) {
    Entry entry = ((Mapping) place.node()).entry(key).orElseThrow();
    String path = place.child(key);
    String refused = REFUSED.get(path);
    List<String> known = new ArrayList<>(schema.path("properties").propertyNames());
    String message = refused != null ? refused : "unknown key" + suggestion(key, known);
    problems.add(entry.line(), entry.column(), path, message);
  }

  private static void wrong(Place place, Problems problems, String expected) {
    if (problems.reported(place.path())) {
      return;
    }
    YamlNode node = place.node();
    problems.add(node.line(), node.column(), place.path(), Shown.of(place.path(), node) + expected);
  }

  private static String suggestion(String name, List<String> known) {
    return NearestName.of(name, known)
        .map(nearest -> " (did you mean " + nearest + "?)")
        .orElseGet(() -> " (expected: " + String.join(", ", known) + ")");
  }

  /// What may have gone wrong with a text that should be something else.
  private static String hint(Place place) {
    if (!(place.node() instanceof Scalar scalar) || !(scalar.value() instanceof String value)) {
      return "";
    }
    if (UNFILLED.matcher(value).matches()) {
      return "; the variable is neither in envs nor in secrets";
    }
    if (!value.equals(scalar.text())) {
      return "";
    }
    if (!scalar.plain() && YamlReader.plainValue(value) instanceof Number) {
      return "; without quotes";
    }
    return scalar.plain() && OLD_NUMBER.matcher(value).matches()
        ? "; in decimal, without `_`, `:` and leading zeros"
        : "";
  }

  /// The text in the file, never what it was filled with.
  private static String asWritten(YamlNode node) {
    return node instanceof Scalar scalar ? scalar.text() : "";
  }

  private JsonNode parent(NodePath keyword) {
    JsonNode at = root;
    for (int i = 0; i < keyword.getNameCount() - 1; i++) {
      Object element = keyword.getElement(i);
      at = element instanceof Integer index ? at.path(index) : at.path(String.valueOf(element));
    }
    return at;
  }
}
