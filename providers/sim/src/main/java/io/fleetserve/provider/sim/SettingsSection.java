package io.fleetserve.provider.sim;

import io.fleetserve.api.text.NearestName;
import io.fleetserve.provider.ProviderSettingsException.Flaw;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One mapping of the provider's settings: typed reads with defaults; what is wrong is added to a
/// list of flaws. Confined to one thread.
final class SettingsSection {
  private final String path;
  private final Map<String, Object> content = new TreeMap<>();
  private final List<Flaw> flaws;
  private final Set<String> known = new LinkedHashSet<>();

  /// @param content null means empty
  SettingsSection(String path, @Nullable Object content, List<Flaw> flaws) {
    this.path = path;
    this.flaws = flaws;
    if (content instanceof Map<?, ?> map) {
      map.forEach((key, value) -> this.content.put(String.valueOf(key), value));
    } else if (content != null) {
      flaws.add(new Flaw(path, content + " (expected: keys and values)"));
    }
  }

  Set<String> keys() {
    return content.keySet();
  }

  boolean has(String key) {
    return content.get(key) != null;
  }

  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  SettingsSection section(String key) {
    return new SettingsSection(path(key), find(key).orElse(null), flaws);
  }

  double number(String key, double standard, double lowest, double highest) {
    return find(key)
        .map(value -> {
          Optional<Double> number = number(value, lowest, highest);
          number.ifPresentOrElse(
              ignored -> {}, () -> wrong(key, value, "a number " + range(lowest, highest)));
          return number.orElse(standard);
        })
        .orElse(standard);
  }

  long whole(String key, long standard, long lowest, long highest) {
    Object value = find(key).orElse(standard);
    if (value instanceof Number number
        && number.doubleValue() == number.longValue()
        && number.longValue() >= lowest
        && number.longValue() <= highest) {
      return number.longValue();
    }
    wrong(key, value, "a whole number " + lowest + ".." + highest);
    return standard;
  }

  Optional<String> text(String key) {
    Optional<Object> value = find(key);
    if (value.isPresent() && !(value.get() instanceof String text && !text.isBlank())) {
      wrong(key, value.get(), "a text");
      return Optional.empty();
    }
    return value.map(String::valueOf);
  }

  /// A number, or a list of numbers; empty when it is missing or wrong.
  List<Double> numbers(String key, double lowest, double highest) {
    Optional<Object> found = find(key);
    if (found.isEmpty()) {
      return List.of();
    }
    boolean list = found.get() instanceof List<?>;
    List<?> items = found.get() instanceof List<?> several ? several : List.of(found.get());
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Optional<Double> number = number(items.get(i), lowest, highest);
      number.ifPresent(numbers::add);
      if (number.isEmpty()) {
        wrong(
            list ? key + "[" + i + "]" : key,
            items.get(i),
            "a number " + range(lowest, highest) + (list ? "" : ", or a list of such"));
      }
    }
    return numbers.size() == items.size() ? numbers : List.of();
  }

  private static Optional<Double> number(@Nullable Object value, double lowest, double highest) {
    return value instanceof Number number
            && number.doubleValue() >= lowest
            && number.doubleValue() <= highest
        ? Optional.of(number.doubleValue())
        : Optional.empty();
  }

  private static String range(double lowest, double highest) {
    return plain(lowest) + ".." + plain(highest);
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private Optional<Object> find(String key) {
    known.add(key);
    return Optional.ofNullable(content.get(key));
  }

  void wrong(String key, @Nullable Object value, String rule) {
    flaws.add(new Flaw(path(key), value + " (expected: " + rule + ")"));
  }

  /// Adds a flaw of the section itself.
  void wrong(String message) {
    flaws.add(new Flaw(path, message));
  }

  /// Adds every key that was not asked for as a flaw.
  void refuseOthers() {
    for (String key : content.keySet()) {
      if (!known.contains(key)) {
        String hint =
            NearestName.of(key, known)
                .map(name -> "did you mean " + name + "?")
                .orElse("expected: one of " + String.join(", ", known));
        flaws.add(new Flaw(path(key), "unknown key (" + hint + ")"));
      }
    }
  }
}
