package io.fleetserve.api.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever becomes of a file, reading it gives a spec or a [SpecException] with places inside the
/// file, never anything else, and never a secret.
final class SpecReaderMutationTest {
  private static final int ROUNDS = 1500;
  private static final String SECRET = "hunter2hunter2";

  private static final List<String> TOKENS =
      List.of(
          ":",
          ": ",
          "\n",
          "  ",
          "\t",
          "- ",
          "[",
          "]",
          "{",
          "}",
          "'",
          "\"",
          "|",
          ">",
          "&a ",
          "*a",
          "<<: *a",
          "!!set ",
          "#",
          "$S",
          "${S}",
          "~",
          "null",
          "-1",
          "0",
          "99999999999",
          "1e308",
          ".nan",
          "0x7fffffff",
          "yes",
          "H100:4",
          "\u0000",
          "😀",
          "\uD83D",
          "%",
          "@",
          "`",
          ",",
          "?",
          "any_of",
          "ordered",
          "service",
          "replicas",
          "x: 1\n",
          "\"\\0\"",
          "---\n",
          "...\n");

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void neverThrowsAnythingElse(long seed) throws IOException {
    Random random = new Random(seed);
    List<String> files = new ArrayList<>(DocumentedFilesTest.files());
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String file = files.get(random.nextInt(files.size()));
      for (int i = random.nextInt(4); i >= 0; i--) {
        file = mutated(file, random);
      }
      try {
        assertThat(Specs.read(file, Map.of("HF", "x"), Map.of("S", SECRET)).toString())
            .doesNotContain(SECRET);
      } catch (SpecException e) {
        refused++;
        check(e, file, seed, round);
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed " + seed + ", round " + round + ":\n" + file, e);
      }
    }
    assertThat(refused).as("seed %s", seed).isGreaterThan(ROUNDS / 4);
  }

  private static void check(SpecException e, String file, long seed, int round) {
    long lines = file.lines().count() + 1;
    assertThat(e.problems())
        .as("seed %s, round %s:\n%s", seed, round, file)
        .isNotEmpty()
        .allSatisfy(problem -> {
          assertThat(problem.message()).isNotBlank().doesNotContain("\n", "Exception", SECRET);
          assertThat((long) problem.line()).isBetween(0L, lines);
        });
  }

  private static String mutated(String file, Random random) {
    int at = random.nextInt(file.length() + 1);
    int to = Math.min(file.length(), at + random.nextInt(12));
    String token = TOKENS.get(random.nextInt(TOKENS.size()));
    return switch (random.nextInt(6)) {
      case 0 -> file.substring(0, at) + file.substring(to);
      case 1 -> file.substring(0, at) + token + file.substring(at);
      case 2 -> file.substring(0, at) + token + file.substring(to);
      case 3 -> withLines(file, random, true);
      case 4 -> withLines(file, random, false);
      default -> value(file, token, random);
    };
  }

  /// Replaces the value of a random `key: value` line.
  private static String value(String file, String token, Random random) {
    String[] lines = file.split("\n", -1);
    int line = random.nextInt(lines.length);
    lines[line] = lines[line].replaceFirst(": .*$", ": " + token.replace("$", "\\$"));
    return String.join("\n", lines);
  }

  private static String withLines(String file, Random random, boolean twice) {
    List<String> lines = new ArrayList<>(Arrays.asList(file.split("\n", -1)));
    int line = random.nextInt(lines.size());
    if (twice) {
      lines.add(random.nextInt(lines.size()), lines.get(line));
    } else {
      lines.remove(line);
    }
    return String.join("\n", lines);
  }
}
