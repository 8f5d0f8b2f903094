package io.fleetserve.api.yaml;

import java.util.Locale;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/// Wording of YAML syntax errors. Never quotes the text: a secret may stand there.
final class SyntaxMessage {
  private SyntaxMessage() {}

  static String of(MarkedYamlEngineException e, String text) {
    String problem = oneLine(String.valueOf(e.getProblem()));
    String lower = problem.toLowerCase(Locale.ROOT);
    int index = e.getProblemMark().map(mark -> mark.getIndex()).orElse(-1);
    boolean tab =
        index >= 0
            && index < text.length()
            && text.codePointCount(0, text.length()) > index
            && text.codePointAt(text.offsetByCodePoints(0, index)) == '\t';
    if (tab || lower.contains("(tab)")) {
      return "a tab where YAML allows none (expected: spaces for indentation)";
    }
    if (lower.contains("mapping values are not allowed")) {
      return "a second `:` in one line, or wrong indentation (put the value in quotes, or indent it)";
    }
    if (lower.contains("expected <block end>")) {
      return "wrong indentation (expected: keys of one mapping in one column)";
    }
    if (lower.contains("could not find expected ':'")) {
      return "a key without `:` (expected: `key: value`)";
    }
    if (lower.contains("unexpected end of stream") && text.indexOf('"') + text.indexOf('\'') > -2) {
      return "the file ends inside quotes (expected: a closing quote)";
    }
    if (lower.contains("expected ',' or '")) {
      return "the list or mapping in brackets is not closed (expected: `,`, `]` or `}`)";
    }
    return "not valid YAML: " + problem;
  }

  static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
