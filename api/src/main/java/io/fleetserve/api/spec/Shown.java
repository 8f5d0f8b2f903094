package io.fleetserve.api.spec;

import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import io.fleetserve.api.yaml.YamlNode.Sequence;

/// How an offending value appears in a message: as written in the file (so `$TOKEN`, never what it
/// is filled with), short, and `***` for anything under `secrets`.
final class Shown {
  private static final int MAX = 60;

  private Shown() {}

  static String of(String path, YamlNode node) {
    if (path.equals("secrets") || path.startsWith("secrets.")) {
      return node instanceof Scalar ? "***" : kind(node);
    }
    return node instanceof Scalar scalar ? scalar(scalar) : kind(node);
  }

  private static String kind(YamlNode node) {
    return switch (node) {
      case Mapping mapping -> mapping.entries().isEmpty() ? "an empty mapping" : "a mapping";
      case Sequence list -> list.items().isEmpty() ? "an empty list" : "a list";
      case Scalar _ -> "a value";
    };
  }

  private static String scalar(Scalar scalar) {
    if (scalar.value() == null) {
      return "empty";
    }
    String text = scalar.text().replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    String shortened = text.length() > MAX ? text.substring(0, MAX) + "..." : text;
    return scalar.value() instanceof String ? "\"" + shortened + "\"" : shortened;
  }
}
