package io.fleetserve.api.spec;

import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Entry;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One mapping of a service file, read by key. Values that are missing, null, of another type, or
/// already reported read as empty.
///
/// @param path empty for the whole file
/// @param line of the mapping's own key, for what is wrong with the section as a whole
record Section(Problems problems, String path, Mapping mapping, int line, int column) {

  static Section root(Problems problems, Mapping mapping) {
    return new Section(problems, "", mapping, 1, 1);
  }

  /// Whether the key is there with a value, right or wrong.
  boolean has(String key) {
    return mapping.get(key).isPresent();
  }

  String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  Optional<YamlNode> value(String key) {
    return mapping.get(key).filter(_ -> !problems.reported(pathOf(key)));
  }

  Optional<Section> section(String key) {
    return value(key).flatMap(value -> sectionOf(key, value));
  }

  /// An item of the list under `key` as a section of its own.
  Optional<Section> item(String key, int index, YamlNode item) {
    return sectionOf(key + "[" + index + "]", item);
  }

  private Optional<Section> sectionOf(String key, YamlNode value) {
    if (!(value instanceof Mapping inner)) {
      return Optional.empty();
    }
    int keyLine = mapping.entry(key).map(Entry::line).orElse(inner.line());
    int keyColumn = mapping.entry(key).map(Entry::column).orElse(inner.column());
    return Optional.of(new Section(problems, pathOf(key), inner, keyLine, keyColumn));
  }

  /// The section under `key`; an empty one standing in its place when there is none.
  Section sectionOrEmpty(String key) {
    return section(key)
        .orElseGet(() ->
            new Section(problems, pathOf(key), new Mapping(List.of(), line, column), line, column));
  }

  List<YamlNode> items(String key) {
    return value(key).orElse(null) instanceof YamlNode.Sequence list ? list.items() : List.of();
  }

  Optional<String> text(String key) {
    return scalar(key, String.class);
  }

  Optional<Boolean> flag(String key) {
    return scalar(key, Boolean.class);
  }

  Optional<Double> number(String key) {
    return scalar(key, Number.class).map(Number::doubleValue);
  }

  Optional<Integer> integer(String key) {
    return scalar(key, Number.class).map(Number::intValue);
  }

  Optional<Duration> seconds(String key) {
    return number(key).map(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)));
  }

  /// The constant with the name that stands under `key`; case does not matter.
  <E extends Enum<E>> Optional<E> constant(String key, Class<E> type) {
    return text(key)
        .flatMap(text ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(text))
                .findFirst());
  }

  private <T> Optional<T> scalar(String key, Class<T> type) {
    return value(key)
        .filter(Scalar.class::isInstance)
        .map(value -> ((Scalar) value).value())
        .filter(type::isInstance)
        .map(type::cast);
  }

  /// Text values by key, for mappings of text to text.
  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    mapping.entries().forEach(e -> text(e.key()).ifPresent(text -> texts.put(e.key(), text)));
    return texts;
  }

  /// Reports what is wrong with the value of a key, at the value: `value (fix)`.
  void wrong(String key, String fix) {
    mapping
        .get(key)
        .ifPresentOrElse(
            value ->
                problems.add(
                    value.line(), value.column(), pathOf(key), Shown.of(pathOf(key), value) + fix),
            () -> wrong(fix));
  }

  /// Reports at the key: for what is wrong with its being there.
  void wrongKey(String key, String message) {
    int keyLine = mapping.entry(key).map(Entry::line).orElse(line);
    int keyColumn = mapping.entry(key).map(Entry::column).orElse(column);
    problems.add(keyLine, keyColumn, pathOf(key), message);
  }

  /// Reports what is wrong with the section as a whole.
  void wrong(String message) {
    problems.add(line, column, path, message);
  }
}
