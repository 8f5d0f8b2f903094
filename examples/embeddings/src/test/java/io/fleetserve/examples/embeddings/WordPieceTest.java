package io.fleetserve.examples.embeddings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class WordPieceTest {
  private static final Path VOCABULARY =
      Path.of("target/embeddings/model/all-minilm-l6-v2-q-tokenizer.json");

  /// `wordpiece.tsv` holds a text (ASCII, the rest escaped) and the tokens that Hugging Face's
  /// tokenizer makes of it with the same vocabulary.
  @Test
  void agreesWithTheReferenceOnAwkwardTexts() throws IOException {
    WordPiece tokenizer = WordPiece.read(VOCABULARY, 256);

    for (String line : golden()) {
      String[] fields = line.split("\t", -1);
      List<Integer> expected =
          Pattern.compile(" ").splitAsStream(fields[1]).map(Integer::valueOf).toList();

      assertThat(tokenizer.encode(unescape(fields[0])))
          .as(fields[0])
          .containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  @Test
  void coversAWordWithTheLongestPiecesFromTheLeft() {
    assertThat(small(10).encode("Unable un? zz")).containsExactly(1, 4, 6, 4, 7, 3, 2);
  }

  @Test
  void longTextIsCutAndStillClosed() {
    assertThat(small(4).encode("un un un un un")).containsExactly(1, 4, 4, 2);
  }

  private static WordPiece small(int maxTokens) {
    return new WordPiece(
        Map.of("[CLS]", 1, "[SEP]", 2, "[UNK]", 3, "un", 4, "##a", 5, "##able", 6, "?", 7),
        maxTokens);
  }

  private static List<String> golden() throws IOException {
    try (var stream =
        Objects.requireNonNull(WordPieceTest.class.getResourceAsStream("/wordpiece.tsv"))) {
      return new String(stream.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
  }

  private static String unescape(String text) {
    return Pattern.compile("\\\\u([0-9a-f]{4})")
        .matcher(text)
        .replaceAll(match -> {
          String letter = Character.toString(Integer.parseInt(match.group(1), 16));
          return java.util.regex.Matcher.quoteReplacement(letter);
        });
  }
}
