package io.fleetserve.api.config;

import io.fleetserve.api.text.NearestName;
import io.fleetserve.api.unit.ByteSize;
import io.fleetserve.api.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One mapping of the configuration file: typed reads with defaults; what is wrong is noted in the
/// [ConfigText]. Confined to one thread.
public final class ConfigSection {
  private static final long SMALLEST_SIZE = 4096;
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  private final ConfigText text;
  private final String path;
  private final int line;
  private final int column;
  private final List<YamlNode.Entry> entries = new ArrayList<>();
  private final Set<String> known = new LinkedHashSet<>();

  ConfigSection(ConfigText text, String path, @Nullable YamlNode content) {
    this.text = text;
    this.path = path;
    line = content == null ? 1 : content.line();
    column = content == null ? 1 : content.column();
    if (content instanceof YamlNode.Mapping mapping) {
      entries.addAll(mapping.entries());
    } else if (content != null && !YamlNode.isNull(content)) {
      text.flaw(
          content.line(),
          content.column(),
          path,
          content.plainValue() + " (expected: keys and values)");
    }
  }

  public List<String> keys() {
    return entries.stream().map(YamlNode.Entry::key).toList();
  }

  public ConfigSection section(String key) {
    return new ConfigSection(text, pathOf(key), find(key).orElse(null));
  }

  public int port(String key, int standard, int lowest) {
    return integer(key, standard, lowest, 65_535);
  }

  public int integer(String key, int standard, int lowest, int highest) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return standard;
    }
    if (node.get().plainValue() instanceof Long number && number >= lowest && number <= highest) {
      return number.intValue();
    }
    return wrong(node.get(), key, "a whole number " + lowest + ".." + highest, standard);
  }

  public boolean flag(String key, boolean standard) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return standard;
    }
    if (node.get().plainValue() instanceof Boolean flag) {
      return flag;
    }
    return wrong(node.get(), key, "true or false", standard);
  }

  public String text(String key, String standard) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return standard;
    }
    if (node.get().plainValue() instanceof String string && !string.isBlank()) {
      return string;
    }
    return wrong(node.get(), key, "a text", standard);
  }

  /// A text that has to be there; empty when it is not, which is noted.
  ///
  /// @param rule what is expected
  public String required(String key, String rule) {
    Optional<YamlNode> node = find(key);
    if (node.isPresent() && node.get().plainValue() instanceof String string && !string.isBlank()) {
      return string;
    }
    wrong(key, rule);
    return "";
  }

  /// One of some texts; a number is one, too.
  public String oneOf(String key, List<String> values, String standard) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return standard;
    }
    String given = String.valueOf(node.get().plainValue());
    return values.contains(given)
        ? given
        : wrong(node.get(), key, String.join(", ", values), standard);
  }

  /// Host names in lower case, the first label may be `*`.
  public List<String> hosts(String key) {
    List<String> hosts = new ArrayList<>();
    for (YamlNode item : items(key)) {
      String host = String.valueOf(item.plainValue()).toLowerCase(Locale.ROOT);
      if (HOST.matcher(host).matches()) {
        hosts.add(host);
      } else {
        wrong(item, key, "a host name such as llm.example.org or *.example.org", "");
      }
    }
    return hosts;
  }

  /// Mappings of a list.
  public List<ConfigSection> sections(String key) {
    List<ConfigSection> all = new ArrayList<>();
    for (YamlNode item : items(key)) {
      all.add(new ConfigSection(text, pathOf(key) + "[" + all.size() + "]", item));
    }
    return all;
  }

  /// Mappings of a list; an item that is a plain text stands for a mapping with one key.
  ///
  /// @param only key of such an item's value
  public List<ConfigSection> sections(String key, String only) {
    List<ConfigSection> all = new ArrayList<>();
    for (YamlNode item : items(key)) {
      String place = pathOf(key) + "[" + all.size() + "]";
      YamlNode content =
          item.plainValue() instanceof String
              ? new YamlNode.Mapping(
                  List.of(new YamlNode.Entry(only, item, item.line(), item.column())),
                  item.line(),
                  item.column())
              : item;
      all.add(new ConfigSection(text, place, content));
    }
    return all;
  }

  /// A mapping of names to texts.
  public Map<String, String> texts(String key, Map<String, String> standard) {
    Map<String, String> texts = new LinkedHashMap<>();
    ConfigSection inside = section(key);
    for (YamlNode.Entry entry : inside.entries) {
      texts.put(entry.key(), String.valueOf(entry.value().plainValue()));
    }
    return texts.isEmpty() ? standard : texts;
  }

  /// A mapping of names to whole numbers of at least 1.
  public Map<String, Integer> counts(String key) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    ConfigSection inside = section(key);
    for (String name : inside.keys()) {
      counts.put(name, inside.integer(name, 1, 1, 1_000));
    }
    return counts;
  }

  private List<YamlNode> items(String key) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return List.of();
    }
    if (node.get() instanceof YamlNode.Sequence sequence) {
      return sequence.items();
    }
    return wrong(node.get(), key, "a list", List.of());
  }

  /// Notes that a key is missing or wrong.
  public void wrong(String key, String rule) {
    Optional<YamlNode> node = find(key);
    if (node.isPresent()) {
      wrong(node.get(), key, rule, key);
    } else {
      text.flaw(line, column, pathOf(key), "missing (expected: " + rule + ")");
    }
  }

  /// One of an enumeration's constants, written in lower case.
  public <E extends Enum<E>> E choice(String key, E standard) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return standard;
    }
    List<String> names = new ArrayList<>();
    for (E each : standard.getDeclaringClass().getEnumConstants()) {
      names.add(each.name().toLowerCase(Locale.ROOT));
      if (names.getLast().equals(node.get().plainValue())) {
        return each;
      }
    }
    return wrong(node.get(), key, String.join(", ", names), standard);
  }

  /// A list of texts that each follow a rule.
  public List<String> texts(
      String key, List<String> standard, String rule, Predicate<String> isRight) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return standard;
    }
    if (!(node.get() instanceof YamlNode.Sequence list)) {
      return wrong(node.get(), key, "a list of " + rule, standard);
    }
    List<String> texts = new ArrayList<>();
    for (YamlNode item : list.items()) {
      if (item.plainValue() instanceof String string && isRight.test(string)) {
        texts.add(string);
      } else {
        wrong(item, key, rule, standard);
      }
    }
    return texts;
  }

  /// A text that has to be there; empty when it is not or is wrong.
  public String required(String key, String rule, Predicate<String> isRight) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      text.flaw(line, column, pathOf(key), "is missing (expected: " + rule + ")");
      return "";
    }
    return node.get().plainValue() instanceof String string && isRight.test(string)
        ? string
        : wrong(node.get(), key, rule, "");
  }

  /// A number of at least `lowest`.
  public double number(String key, double standard, double lowest) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return standard;
    }
    if (node.get().plainValue() instanceof Number number && number.doubleValue() >= lowest) {
      return number.doubleValue();
    }
    return wrong(node.get(), key, "a number >= " + lowest, standard);
  }

  /// Notes that a key may not be there at all.
  ///
  /// @param instead what to do
  public void forbid(String key, String instead) {
    find(key)
        .ifPresent(node ->
            text.flaw(
                node.line(), node.column(), pathOf(key), "is not accepted (" + instead + ")"));
  }

  /// A number 0..1.
  public double ratio(String key, double standard) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return standard;
    }
    if (node.get().plainValue() instanceof Number number
        && number.doubleValue() >= 0
        && number.doubleValue() <= 1) {
      return number.doubleValue();
    }
    return wrong(node.get(), key, "a number 0..1", standard);
  }

  public long bytes(String key, long standard) {
    Optional<YamlNode> node = find(key);
    if (node.isEmpty()) {
      return standard;
    }
    try {
      long bytes = ByteSize.parse(String.valueOf(node.get().plainValue())).bytes();
      if (bytes >= SMALLEST_SIZE) {
        return bytes;
      }
    } catch (IllegalArgumentException notASize) {
      // noted below
    }
    return wrong(node.get(), key, "a size of at least 4KiB, for example 64MiB", standard);
  }

  /// What was not asked for so far, for those who pass it on.
  public Map<String, Object> others() {
    Map<String, Object> others = new LinkedHashMap<>();
    for (YamlNode.Entry entry : entries) {
      Object value = entry.value().plainValue();
      if (!known.contains(entry.key()) && value != null) {
        others.put(entry.key(), value);
      }
    }
    return others;
  }

  /// Where the parts of a value stand.
  public SettingPlaces places(String key) {
    return find(key).map(SettingPlaces::of).orElse(SettingPlaces.NONE);
  }

  /// Notes every key that was not asked for as an error.
  public void refuseOthers() {
    for (YamlNode.Entry entry : entries) {
      if (!known.contains(entry.key())) {
        String hint =
            NearestName.of(entry.key(), known)
                .map(name -> "did you mean " + name + "?")
                .orElse("expected: one of " + String.join(", ", known));
        text.flaw(entry.line(), entry.column(), pathOf(entry.key()), "unknown key (" + hint + ")");
      }
    }
  }

  private Optional<YamlNode> find(String key) {
    known.add(key);
    return entries.stream()
        .filter(entry -> entry.key().equals(key))
        .map(YamlNode.Entry::value)
        .filter(value -> !YamlNode.isNull(value))
        .findFirst();
  }

  private <T> T wrong(YamlNode node, String key, String rule, T standard) {
    text.flaw(
        node.line(), node.column(), pathOf(key), node.plainValue() + " (expected: " + rule + ")");
    return standard;
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
