package io.fleetserve.api.yaml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A value of a YAML document and the place where it stands. Immutable.
public sealed interface YamlNode {
  /// Line, from 1.
  int line();

  /// Column in code points, from 1.
  int column();

  /// The value without places: String, Long, BigInteger, Double, Boolean, null, and unmodifiable
  /// List and Map (in file order) of them.
  @Nullable Object plainValue();

  /// A single value.
  ///
  /// @param value String, Long, BigInteger, Double (finite), Boolean, or null
  /// @param text as written, without quotes and after folding
  /// @param plain true when written without quotes and not as a block, so that its type is a guess
  record Scalar(@Nullable Object value, String text, boolean plain, int line, int column)
      implements YamlNode {
    /// The same place with another value.
    public Scalar withValue(@Nullable Object newValue) {
      return new Scalar(newValue, text, plain, line, column);
    }

    @Override
    public @Nullable Object plainValue() {
      return value;
    }
  }

  /// A list.
  record Sequence(List<YamlNode> items, int line, int column) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public Object plainValue() {
      List<@Nullable Object> values = new ArrayList<>();
      items.forEach(item -> values.add(item.plainValue()));
      return Collections.unmodifiableList(values);
    }
  }

  /// A mapping: keys are text, each at most once, in file order.
  record Mapping(List<Entry> entries, int line, int column) implements YamlNode {
    public Mapping {
      entries = List.copyOf(entries);
    }

    /// The entry of a key.
    public Optional<Entry> entry(String key) {
      return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
    }

    /// The value of a key; empty when the key is missing or its value is null.
    public Optional<YamlNode> get(String key) {
      return entry(key).map(Entry::value).filter(value -> !isNull(value));
    }

    @Override
    public Object plainValue() {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      entries.forEach(entry -> values.put(entry.key(), entry.value().plainValue()));
      return Collections.unmodifiableMap(values);
    }
  }

  /// One key of a mapping with its value.
  ///
  /// @param line of the key, from 1
  /// @param column of the key, from 1
  record Entry(String key, YamlNode value, int line, int column) {
    /// The same key with another value.
    public Entry withValue(YamlNode newValue) {
      return new Entry(key, newValue, line, column);
    }
  }

  /// True for an empty value, `~` and `null`.
  static boolean isNull(YamlNode node) {
    return node instanceof Scalar scalar && scalar.value() == null;
  }
}
