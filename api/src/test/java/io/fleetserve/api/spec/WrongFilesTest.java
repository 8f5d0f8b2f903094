package io.fleetserve.api.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Wrong files with everything that is said about each, in `wrong-files.txt`: `### title`, the
/// file, `>>>`, the messages.
final class WrongFilesTest {
  record Case(String title, String yaml, String messages) {
    @Override
    public String toString() {
      return title;
    }
  }

  static List<Case> cases() throws IOException {
    try (InputStream in = WrongFilesTest.class.getResourceAsStream("wrong-files.txt")) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(all.split("(?m)^### "))
          .filter(part -> !part.isEmpty())
          .map(WrongFilesTest::parse)
          .toList();
    }
  }

  private static Case parse(String part) {
    int titleEnd = part.indexOf('\n');
    int yamlEnd = part.indexOf(">>>\n");
    return new Case(
        part.substring(0, titleEnd),
        part.substring(titleEnd + 1, yamlEnd),
        part.substring(yamlEnd + 4).stripTrailing());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void eachMistakeIsNamedWithPlaceValueAndFix(Case wrong) {
    assertThat(messages(wrong.yaml())).as("\n%s", wrong.yaml()).isEqualTo(wrong.messages());
  }

  @Test
  void thereAreManyCasesAndNoneIsThereTwice() throws IOException {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(100);
    assertThat(cases().stream().map(Case::yaml)).doesNotHaveDuplicates();
  }

  private static String messages(String yaml) {
    try {
      ServiceSpec spec =
          SpecReader.read(new SpecSource("s.yaml", yaml, "/base", Map.of(), Map.of()));
      return "accepted: " + spec;
    } catch (SpecException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
