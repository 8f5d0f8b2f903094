package io.fleetserve.api.spec;

import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Entry;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import io.fleetserve.api.yaml.YamlNode.Sequence;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

  private static final String NUL_RULE =
      "has a NUL character, which no environment can hold (remove it)";
  private static final String PROBE = "service.readiness_probe";

  /// Keys whose text is filled.
  private static final Set<String> FILLED = Set.of("service", "workdir", "file_mounts");

  static Variables of(Section root, SpecSource source) {
    Section envSection = root.sectionOrEmpty("envs");
    Section secretSection = root.sectionOrEmpty("secrets");
    Map<String, String> envs = new LinkedHashMap<>();
    Map<String, Secret> secrets = new LinkedHashMap<>();
    Set<String> given = new HashSet<>(source.envs().keySet());
    given.addAll(source.secrets().keySet());
    written(envSection, "--env", given).forEach(envs::put);
    written(secretSection, "--secret", given)
        .forEach((name, value) -> secrets.put(name, new Secret(value)));
    for (Entry entry : secretSection.mapping().entries()) {
      String name = entry.key();
      if (envSection.mapping().entry(name).isPresent()) {
        secretSection.wrongKey(name, "in envs as well (keep it in one of the two)");
      } else if (source.envs().containsKey(name) && !source.secrets().containsKey(name)) {
        secretSection.wrongKey(
            name, "a secret, but given with --env (give it with --secret " + name + "=...)");
      }
    }
    given(root, "--env", source.envs()).forEach(envs::put);
    given(root, "--secret", source.secrets())
        .forEach((name, value) -> secrets.put(name, new Secret(value)));
    envs.keySet().removeAll(secrets.keySet());
    return new Variables(envs, secrets);
  }

  /// Values in the file, but for those the caller gave.
  private static Map<String, String> written(Section section, String flag, Set<String> given) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Entry entry : section.mapping().entries()) {
      String name = entry.key();
      if (!NAME.matcher(name).matches()) {
        section.wrongKey(name, NAME_RULE);
      } else if (!given.contains(name) && YamlNode.isNull(entry.value())) {
        section.wrongKey(
            name, "required, but not given (give it with " + flag + " " + name + "=...)");
      } else if (!given.contains(name) && entry.value() instanceof Scalar scalar) {
        if (scalar.text().indexOf('\0') >= 0) {
          section.wrongKey(name, NUL_RULE);
        }
        values.put(name, scalar.text());
      }
    }
    return values;
  }

  private static Map<String, String> given(Section root, String flag, Map<String, String> given) {
    Map<String, String> values = new TreeMap<>(given);
    values.forEach((name, value) -> {
      if (!NAME.matcher(name).matches()) {
        root.problems().add(0, 0, "", flag + " " + name + ": " + NAME_RULE);
      } else if (value.indexOf('\0') >= 0) {
        root.problems().add(0, 0, "", flag + " " + name + ": " + NUL_RULE);
      }
    });
    return values;
  }

  /// The file with `$NAME` filled where files may use it. A filled value keeps the text as written
  /// beside it, for messages.
  ///
  /// Secrets go only where no listing shows them: headers, `post_data` and the query of a readiness
  /// probe. In the rest of `service` they are reported, in `workdir` and `file_mounts` they stay as
  /// written.
  Mapping fill(Section root) {
    return new Mapping(
        root.mapping().entries().stream()
            .map(e ->
                FILLED.contains(e.key())
                    ? e.withValue(filled(e.value(), e.key(), root.problems()))
                    : e)
            .toList(),
        root.mapping().line(),
        root.mapping().column());
  }

  private YamlNode filled(YamlNode node, String path, Problems problems) {
    return switch (node) {
      case Scalar scalar -> scalar(scalar, path, problems);
      case Sequence list ->
          new Sequence(
              list.items().stream().map(item -> filled(item, path, problems)).toList(),
              list.line(),
              list.column());
      case Mapping mapping ->
          new Mapping(
              mapping.entries().stream()
                  .map(e -> e.withValue(filled(e.value(), path + "." + e.key(), problems)))
                  .toList(),
              mapping.line(),
              mapping.column());
    };
  }

  private Scalar scalar(Scalar scalar, String path, Problems problems) {
    if (!(scalar.value() instanceof String text) || text.indexOf('$') < 0) {
      return scalar;
    }
    if (!path.startsWith("service")) {
      return scalar.withValue(filled(text, false));
    }
    if (path.startsWith(PROBE + ".headers") || path.startsWith(PROBE + ".post_data")) {
      return scalar.withValue(filled(text, true));
    }
    boolean inPath = path.equals(PROBE) || path.equals(PROBE + ".path");
    int query = inPath && text.indexOf('?') >= 0 ? text.indexOf('?') : text.length();
    if (namesSecret(text.substring(0, query))) {
      String fix = " names a secret, which listings would show here (expected: a name from envs)";
      problems.add(scalar.line(), scalar.column(), path, Shown.of(path, scalar) + fix);
      return scalar;
    }
    return scalar.withValue(filled(text, true));
  }

  private boolean namesSecret(String text) {
    return REFERENCE.matcher(text).results().anyMatch(found -> secrets.containsKey(name(found)));
  }

  private String filled(String text, boolean withSecrets) {
    return REFERENCE
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(value(found, withSecrets)));
  }

  private static String name(MatchResult found) {
    String braced = found.group(1);
    return braced != null ? braced : found.group(2);
  }

  private String value(MatchResult found, boolean withSecrets) {
    Secret secret = withSecrets ? secrets.get(name(found)) : null;
    return secret != null ? secret.reveal() : envs.getOrDefault(name(found), found.group());
  }
}
