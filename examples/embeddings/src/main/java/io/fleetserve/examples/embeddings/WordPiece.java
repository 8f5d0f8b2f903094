package io.fleetserve.examples.embeddings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/*
 * WordPiece as BERT (uncased) has it: Devlin et al., 2018, and "Google's Neural Machine Translation
 * System", Wu et al., 2016, section 4.1. Text is cleaned, accents go, letters become small, words
 * and punctuation are split, and each word is covered from the left by the longest pieces of the
 * vocabulary. Cost: linear in the text, quadratic in one word, whose length is bounded.
 *
 * Differs in one place: the names of special tokens inside a text are text.
 */
/// Turns text into the numbers a BERT model takes. Immutable, thread-safe.
final class WordPiece {
  private static final int MAX_WORD_CHARS = 100;

  private final Map<String, Integer> vocabulary;
  private final int maxTokens;
  private final int start;
  private final int end;
  private final int unknown;

  /// @param vocabulary piece to number; pieces that continue a word begin with `##`
  /// @param maxTokens longest result, its first and last token included, >= 2
  WordPiece(Map<String, Integer> vocabulary, int maxTokens) {
    this.vocabulary = Map.copyOf(vocabulary);
    this.maxTokens = maxTokens;
    this.start = special("[CLS]");
    this.end = special("[SEP]");
    this.unknown = special("[UNK]");
  }

  private int special(String piece) {
    Integer number = vocabulary.get(piece);
    if (number == null) {
      throw new IllegalArgumentException("vocabulary: no piece " + piece);
    }
    return number;
  }

  /// Reads the vocabulary of a `tokenizer.json`.
  static WordPiece read(Path file, int maxTokens) throws IOException {
    JsonNode vocabulary = JsonMapper.shared().readTree(Files.readAllBytes(file)).at("/model/vocab");
    return new WordPiece(
        vocabulary
            .propertyStream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().asInt())),
        maxTokens);
  }

  /// The tokens of a text, between the one that opens and the one that closes it; what is longer
  /// than the model takes is cut.
  int[] encode(String text) {
    List<Integer> tokens = new ArrayList<>();
    tokens.add(start);
    for (String word : words(normalize(text))) {
      addPieces(word, tokens);
      if (tokens.size() >= maxTokens) {
        break;
      }
    }
    return IntStream.concat(
            tokens.stream().limit(maxTokens - 1L).mapToInt(Integer::intValue), IntStream.of(end))
        .toArray();
  }

  private static String normalize(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .filter(point -> point != 0 && point != 0xFFFD && !isControl(point))
        .forEach(point -> {
          if (isSpace(point)) {
            clean.append(' ');
          } else if (Character.isIdeographic(point)) {
            clean.append(' ').appendCodePoint(point).append(' ');
          } else {
            clean.appendCodePoint(point);
          }
        });
    StringBuilder bare = new StringBuilder(clean.length());
    Normalizer.normalize(clean, Normalizer.Form.NFD)
        .codePoints()
        .filter(point -> Character.getType(point) != Character.NON_SPACING_MARK)
        .map(Character::toLowerCase) // one by one: a final sigma is no special case here
        .forEach(bare::appendCodePoint);
    return bare.toString();
  }

  private static boolean isControl(int point) {
    if (point == '\t' || point == '\n' || point == '\r') {
      return false;
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
      default -> false;
    };
  }

  private static boolean isSpace(int point) {
    return Character.isWhitespace(point) || Character.isSpaceChar(point);
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    text.codePoints()
        .forEach(point -> {
          if (isSpace(point)) {
            flush(word, words);
          } else if (isPunctuation(point)) {
            flush(word, words);
            words.add(Character.toString(point));
          } else {
            word.appendCodePoint(point);
          }
        });
    flush(word, words);
    return words;
  }

  private static void flush(StringBuilder word, List<String> words) {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  private static boolean isPunctuation(int point) {
    if (point < 128) {
      return point > ' ' && point < 127 && !Character.isLetterOrDigit(point);
    }
    return switch (Character.getType(point)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  private void addPieces(String word, List<Integer> tokens) {
    if (word.codePointCount(0, word.length()) > MAX_WORD_CHARS) {
      tokens.add(unknown);
      return;
    }
    List<Integer> pieces = new ArrayList<>();
    int from = 0;
    while (from < word.length()) {
      int to = word.length();
      Integer piece = null;
      while (from < to && (piece = piece(word, from, to)) == null) {
        to = word.offsetByCodePoints(to, -1);
      }
      if (piece == null) {
        tokens.add(unknown);
        return;
      }
      pieces.add(piece);
      from = to;
    }
    tokens.addAll(pieces);
  }

  private @Nullable Integer piece(String word, int from, int to) {
    String text = word.substring(from, to);
    return vocabulary.get(from == 0 ? text : "##" + text);
  }
}
