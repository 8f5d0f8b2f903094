package io.fleetserve.loadbalancer.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads tables of messages from `src/test/resources/corpus`; their first lines say what the
/// columns mean.
final class Corpus {
  private static final Pattern REPEATED = Pattern.compile("\\{(.+?)\\*([0-9]+)}", Pattern.DOTALL);

  private Corpus() {}

  /// What becomes of a message.
  enum Verdict {
    /// It has one meaning and is forwarded.
    ACCEPT,
    /// Two servers could read it differently, or the RFC says so.
    MUST,
    /// Legal, yet refused.
    REFUSE
  }

  /// One message.
  ///
  /// @param section of RFC 9110 or 9112
  /// @param bytes one character a byte
  /// @param body what a replica gets of the accepted
  record Message(Verdict verdict, String section, String name, String bytes, String body) {}

  /// One answer of a replica.
  ///
  /// @param verdict `refuse`, `cut` or `once`
  /// @param end `open`, `fin` or `rst`
  record ReplicaAnswer(String verdict, String end, String name, String bytes) {}

  static List<Message> messages(String file) {
    return lines(file).stream().map(Corpus::message).toList();
  }

  static List<ReplicaAnswer> answers(String file) {
    return lines(file).stream()
        .map(line -> line.split("\t", -1))
        .map(each -> new ReplicaAnswer(each[0], each[1], each[2], repeated(unescaped(each[3]))))
        .toList();
  }

  private static List<String> lines(String file) {
    try (InputStream in = Corpus.class.getResourceAsStream("/corpus/" + file)) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Message message(String line) {
    String[] columns = line.split("\t", -1);
    return new Message(
        Verdict.valueOf(columns[0].toUpperCase(Locale.ROOT)),
        columns[1],
        columns[2],
        repeated(unescaped(columns[3])),
        columns.length > 4 ? columns[4] : "");
  }

  private static String repeated(String text) {
    Matcher matcher = REPEATED.matcher(text);
    return matcher.replaceAll(
        found -> Matcher.quoteReplacement(found.group(1).repeat(Integer.parseInt(found.group(2)))));
  }

  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char kind = text.charAt(++i);
      switch (kind) {
        case 'r' -> out.append('\r');
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case '0' -> out.append('\0');
        case '\\' -> out.append('\\');
        case 'x' -> {
          out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        }
        default -> throw new IllegalArgumentException("escape \\" + kind);
      }
    }
    return out.toString();
  }
}
