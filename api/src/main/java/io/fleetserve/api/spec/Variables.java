package io.fleetserve.api.spec;

import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Entry;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import io.fleetserve.api.yaml.YamlNode.Sequence;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `envs` and `secrets` of a file with what the caller gave on top, and the filling of `$NAME` and
/// `${NAME}` with them. Names that are in neither stay as written, for the shell.
record Variables(Map<String, String> envs, Map<String, Secret> secrets) {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)}|([A-Za-z_][A-Za-z0-9_]*))");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final String NAME_RULE =
      "not a variable name (expected: letters, digits and _, no digit first)";

  /// Keys whose text is filled.
  private static final Set<String> FILLED = Set.of("service", "workdir", "file_mounts");

  static Variables of(Section root, SpecSource source) {
    Map<String, String> envs = values(root, "envs", "--env", source.envs());
    Map<String, String> secrets = values(root, "secrets", "--secret", source.secrets());
    root.section("secrets")
        .ifPresent(section ->
            section.mapping().entries().stream()
                .filter(
                    entry -> root.sectionOrEmpty("envs").mapping().entry(entry.key()).isPresent())
                .forEach(entry ->
                    section.wrongKey(entry.key(), "in envs as well (keep it in one of the two)")));
    Map<String, Secret> hidden = new LinkedHashMap<>();
    secrets.forEach((name, value) -> hidden.put(name, new Secret(value)));
    envs.keySet().removeAll(secrets.keySet());
    return new Variables(envs, hidden);
  }

  private static Map<String, String> values(
      Section root, String key, String flag, Map<String, String> given) {
    Map<String, String> values = new LinkedHashMap<>();
    root.section(key)
        .ifPresent(section ->
            section.mapping().entries().stream()
                .filter(entry -> !given.containsKey(entry.key()))
                .forEach(entry ->
                    value(section, entry, flag).ifPresent(text -> values.put(entry.key(), text))));
    given.forEach((name, value) -> {
      if (NAME.matcher(name).matches()) {
        values.put(name, value);
      } else {
        root.problems().add(0, 0, "", flag + " " + name + ": " + NAME_RULE);
      }
    });
    return values;
  }

  private static Optional<String> value(Section section, Entry entry, String flag) {
    String name = entry.key();
    if (!NAME.matcher(name).matches()) {
      section.wrongKey(name, NAME_RULE);
    } else if (YamlNode.isNull(entry.value())) {
      section.wrongKey(
          name, "required, but not given (give it with " + flag + " " + name + "=...)");
    } else if (entry.value() instanceof Scalar scalar) {
      return Optional.of(scalar.text());
    }
    return Optional.empty();
  }

  /// The file with `$NAME` filled where files may use it. A filled value keeps the text as written
  /// beside it, for messages.
  Mapping fill(Mapping root) {
    return new Mapping(
        root.entries().stream()
            .map(e -> FILLED.contains(e.key()) ? e.withValue(filled(e.value())) : e)
            .toList(),
        root.line(),
        root.column());
  }

  private YamlNode filled(YamlNode node) {
    return switch (node) {
      case Scalar scalar ->
          scalar.value() instanceof String text ? scalar.withValue(filled(text)) : scalar;
      case Sequence list ->
          new Sequence(
              list.items().stream().map(this::filled).toList(), list.line(), list.column());
      case Mapping mapping ->
          new Mapping(
              mapping.entries().stream().map(e -> e.withValue(filled(e.value()))).toList(),
              mapping.line(),
              mapping.column());
    };
  }

  String filled(String text) {
    if (text.indexOf('$') < 0) {
      return text;
    }
    return REFERENCE
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(value(found.group(), name(found))));
  }

  private static String name(MatchResult found) {
    String braced = found.group(1);
    return braced != null ? braced : found.group(2);
  }

  private String value(String asWritten, String name) {
    Secret secret = secrets.get(name);
    return secret != null ? secret.reveal() : envs.getOrDefault(name, asWritten);
  }
}
