package io.fleetserve.api.yaml;

import io.fleetserve.api.yaml.YamlDocument.Problem;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/// Wording of YAML syntax errors. Never quotes the text: a secret may stand there.
final class SyntaxMessage {
  private SyntaxMessage() {}

  static String of(MarkedYamlEngineException e, String text) {
    String problem = oneLine(String.valueOf(e.getProblem()));
    int found = e.getProblemMark().map(mark -> codePoint(mark, text)).orElse(-1);
    if (found == '\t' || problem.contains("(TAB)")) {
      return "a tab where YAML allows none (expected: spaces for indentation)";
    }
    if (problem.contains("cannot start any token")) {
      String shown = found < 0 ? "this character" : Character.toString(found);
      return "a value cannot start with " + shown + " (put it in quotes)";
    }
    if (problem.contains("mapping values are not allowed")) {
      return "a `:` that fits nowhere (quote the value, indent the line, or end the line above with"
          + " `:`)";
    }
    if (problem.contains("expected <block end>")) {
      return "wrong indentation (expected: keys of one mapping in one column)";
    }
    if (problem.contains("could not find expected ':'")) {
      return "a key without `:` (expected: `key: value`)";
    }
    if (problem.contains("found unexpected end of stream")) {
      return "quotes" + since(e) + " are not closed";
    }
    if (problem.contains("expected ',' or '")) {
      return "a bracket" + since(e) + " is not closed (expected: `,`, `]` or `}`)";
    }
    return "not valid YAML: " + problem;
  }

  /// A character that YAML allows nowhere, at its first place in the text.
  static Problem of(ReaderException e, String text) {
    String message =
        String.format("the character U+%04X is not allowed (remove it)", e.getCodePoint());
    int index = text.indexOf(e.getCodePoint());
    if (index < 0) {
      return new Problem(0, 0, "", message);
    }
    String before = text.substring(0, index);
    int lineStart = before.lastIndexOf('\n') + 1;
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    return new Problem(line, before.codePointCount(lineStart, index) + 1, "", message);
  }

  /// Where the thing began that did not end.
  private static String since(MarkedYamlEngineException e) {
    return e.getContextMark().map(mark -> " opened in line " + (mark.getLine() + 1)).orElse("");
  }

  private static int codePoint(Mark mark, String text) {
    int index = mark.getIndex();
    boolean inside = index < text.codePointCount(0, text.length());
    return inside ? text.codePointAt(text.offsetByCodePoints(0, index)) : -1;
  }

  static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
