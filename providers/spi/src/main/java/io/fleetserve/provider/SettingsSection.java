package io.fleetserve.provider;

import io.fleetserve.api.text.NearestName;
import io.fleetserve.provider.ProviderSettingsException.Flaw;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One mapping of a provider's settings: typed reads; what is wrong is added to a list of flaws,
/// with the value and what is expected. Confined to one thread.
public final class SettingsSection {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

  private final String path;
  private final Map<String, Object> content = new TreeMap<>();
  private final List<Flaw> flaws;
  private final Set<String> known = new LinkedHashSet<>();

  private SettingsSection(String path, @Nullable Object content, List<Flaw> flaws) {
    this.path = path;
    this.flaws = flaws;
    if (content instanceof Map<?, ?> map) {
      map.forEach((key, value) -> this.content.put(String.valueOf(key), value));
    } else if (content != null) {
      flaws.add(new Flaw(path, content + " (expected: keys and values)"));
    }
  }

  /// The provider's whole section.
  public static SettingsSection root(Map<String, Object> settings) {
    return new SettingsSection("", settings, new ArrayList<>());
  }

  /// What was wrong so far, here and in the sections around.
  public boolean hasFlaws() {
    return !flaws.isEmpty();
  }

  /// Throws a [ProviderSettingsException] when anything was wrong here or in any section around.
  public void throwIfWrong() {
    if (!flaws.isEmpty()) {
      throw new ProviderSettingsException(flaws);
    }
  }

  public Set<String> keys() {
    return content.keySet();
  }

  public boolean has(String key) {
    known.add(key);
    return content.get(key) != null;
  }

  /// Empty when the key is missing.
  public SettingsSection section(String key) {
    return new SettingsSection(path(key), find(key).orElse(null), flaws);
  }

  public Optional<String> text(String key) {
    Optional<Object> value = find(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof Map || value.get() instanceof List || isBlank(value.get())) {
      wrong(key, value.get(), "a text");
      return Optional.empty();
    }
    return value.map(String::valueOf);
  }

  private static boolean isBlank(Object value) {
    return value.toString().isBlank();
  }

  /// One of the texts; the first is the default.
  public String choice(String key, List<String> choices) {
    String chosen = text(key).orElse(choices.getFirst());
    if (!choices.contains(chosen)) {
      wrong(key, chosen, String.join(" or ", choices));
    }
    return chosen;
  }

  public boolean flag(String key, boolean standard) {
    return flag(key).orElse(standard);
  }

  public Optional<Boolean> flag(String key) {
    Optional<Object> value = find(key);
    if (value.isPresent() && !(value.get() instanceof Boolean)) {
      wrong(key, value.get(), "true or false");
      return Optional.empty();
    }
    return value.map(Boolean.class::cast);
  }

  public double number(String key, double standard, double lowest, double highest) {
    Object value = find(key).orElse(standard);
    if (isNumber(value, lowest, highest)) {
      return ((Number) value).doubleValue();
    }
    wrong(key, value, "a number " + range(lowest, highest));
    return standard;
  }

  /// A number, or a list of numbers; empty when the key is missing or anything in it is wrong.
  public List<Double> numbers(String key, double lowest, double highest) {
    Optional<Object> found = find(key);
    if (found.isEmpty()) {
      return List.of();
    }
    boolean list = found.get() instanceof List<?>;
    List<?> items = found.get() instanceof List<?> several ? several : List.of(found.get());
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Object item = items.get(i);
      if (isNumber(item, lowest, highest)) {
        numbers.add(((Number) item).doubleValue());
      } else {
        wrong(
            list ? key + "[" + i + "]" : key,
            item,
            "a number " + range(lowest, highest) + (list ? "" : ", or a list of such"));
      }
    }
    return numbers.size() == items.size() ? numbers : List.of();
  }

  private static boolean isNumber(@Nullable Object value, double lowest, double highest) {
    return value instanceof Number number
        && number.doubleValue() >= lowest
        && number.doubleValue() <= highest;
  }

  public int whole(String key, int standard, int lowest, int highest) {
    return (int) whole(key, (long) standard, lowest, highest);
  }

  public long whole(String key, long standard, long lowest, long highest) {
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

  /// As `90s`, `30m`, `4h` or `2d`; a bare number counts seconds.
  public Optional<Duration> duration(String key) {
    Optional<Object> value = find(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    String text = value.get() instanceof Number number ? number + "s" : value.get().toString();
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      wrong(key, value.get(), "a duration such as 90s, 30m or 4h");
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }

  /// A list of texts, or one text; empty when the key is missing.
  public List<String> texts(String key) {
    Object value = find(key).orElse(List.of());
    List<?> items = value instanceof List<?> list ? list : List.of(value);
    List<String> texts = new ArrayList<>();
    for (Object item : items) {
      if (item instanceof Map || item instanceof List || isBlank(item)) {
        wrong(key, item, "a text, or a list of texts");
        return List.of();
      }
      texts.add(String.valueOf(item));
    }
    return texts;
  }

  public void wrong(String key, @Nullable Object value, String rule) {
    flaws.add(new Flaw(path(key), value + " (expected: " + rule + ")"));
  }

  /// Adds a flaw of the section itself.
  public void wrong(String message) {
    flaws.add(new Flaw(path, message));
  }

  public void missing(String key, String rule) {
    flaws.add(new Flaw(path(key), "missing (expected: " + rule + ")"));
  }

  /// Adds every key that was not asked for as a flaw.
  public void refuseOthers() {
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

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private Optional<Object> find(String key) {
    known.add(key);
    return Optional.ofNullable(content.get(key));
  }

  private static String range(double lowest, double highest) {
    return plain(lowest) + ".." + plain(highest);
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
