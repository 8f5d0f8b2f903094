package io.fleetserve.api.spec;

import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Entry;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import io.fleetserve.api.yaml.YamlNode.Sequence;
import io.fleetserve.api.yaml.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads each value of a file as the type the schema wants at its place, where only one reading is
/// possible:
///
/// - a key without a value counts as not given, unless the schema allows null there;
/// - where only text is allowed, a value without quotes is its text (`ref: 1234`);
/// - where a boolean is allowed and text is not, `yes`, `no`, `on`, `off` are booleans, as YAML 1.1
///   has them;
/// - a value filled from a variable is a number or boolean where text is not allowed;
/// - enum values may be written in any case.
///
/// What fits nowhere is left as it is, for the schema to report.
final class SchemaShape {
  private final JsonNode root;

  SchemaShape(JsonNode root) {
    this.root = root;
  }

  YamlNode shape(YamlNode node, @Nullable JsonNode reference) {
    JsonNode schema = resolve(root, reference);
    if (schema == null) {
      return node;
    }
    return switch (node) {
      case Scalar scalar -> scalar(scalar, schema);
      case Sequence list -> {
        JsonNode items = schema.get("items");
        yield new Sequence(
            list.items().stream().map(item -> shape(item, items)).toList(),
            list.line(),
            list.column());
      }
      case Mapping mapping -> mapping(mapping, schema);
    };
  }

  private Mapping mapping(Mapping mapping, JsonNode schema) {
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : mapping.entries()) {
      JsonNode child = child(schema, entry.key());
      boolean known = child != null;
      if (known && YamlNode.isNull(entry.value()) && !allows(resolve(root, child), "null")) {
        continue;
      }
      entries.add(entry.withValue(shape(entry.value(), child)));
    }
    return new Mapping(entries, mapping.line(), mapping.column());
  }

  private static @Nullable JsonNode child(JsonNode schema, String key) {
    JsonNode property = schema.path("properties").get(key);
    JsonNode additional = schema.get("additionalProperties");
    return property != null
        ? property
        : additional != null && additional.isObject() ? additional : null;
  }

  private static Scalar scalar(Scalar scalar, JsonNode schema) {
    boolean text = allows(schema, "string");
    if (!(scalar.value() instanceof String value)) {
      boolean onlyText =
          text
              && !allows(schema, "integer")
              && !allows(schema, "number")
              && !allows(schema, "boolean");
      return onlyText && scalar.value() != null ? scalar.withValue(scalar.text()) : scalar;
    }
    if (text) {
      return scalar.withValue(enumSpelling(value, schema));
    }
    boolean filled = !value.equals(scalar.text());
    if (filled && scalar.plain()) {
      return scalar.withValue(YamlReader.plainValue(value));
    }
    if (scalar.plain() && allows(schema, "boolean")) {
      return scalar.withValue(yesOrNo(value));
    }
    return scalar;
  }

  private static Object yesOrNo(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "yes", "on" -> true;
      case "no", "off" -> false;
      default -> text;
    };
  }

  private static String enumSpelling(String value, JsonNode schema) {
    return schema
        .path("enum")
        .valueStream()
        .map(JsonNode::asString)
        .filter(value::equalsIgnoreCase)
        .findFirst()
        .orElse(value);
  }

  private static boolean allows(@Nullable JsonNode schema, String type) {
    if (schema == null) {
      return true;
    }
    JsonNode types = schema.path("type");
    return types.isMissingNode()
        || types.asString("").equals(type)
        || types.valueStream().map(JsonNode::asString).anyMatch(Set.of(type)::contains);
  }

  /// The schema a `$ref` of the form `#/$defs/name` stands for.
  static @Nullable JsonNode resolve(JsonNode root, @Nullable JsonNode schema) {
    if (schema == null || !schema.has("$ref")) {
      return schema;
    }
    return root.at(schema.path("$ref").asString().substring(1));
  }
}
