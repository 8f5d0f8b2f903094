package io.fleetserve.api.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class YamlReaderTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | Long",
        "-1 | Long",
        "+1 | Long",
        "0x1F | Long",
        "12345678901234567890 | BigInteger",
        "1.5 | Double",
        ".5 | Double",
        "1. | Double",
        "1e3 | Double",
        "true | Boolean",
        "False | Boolean",
        "yes | String",
        "off | String",
        "0777 | String",
        "1_000 | String",
        "1:30 | String",
        "0o7 | String",
        "1e999 | String",
        ".inf | String",
        ".nan | String",
        "-x | String",
        "2026-01-01 | String",
        "H100:4 | String",
        "'\"1\"' | String",
        "!!str 1 | String",
        "'!!int \"1\"' | Long"
      })
  void typesOfValues(String written, String type) {
    Mapping root = mapping("a: " + written);

    assertThat(root.get("a").orElseThrow().plainValue())
        .extracting(value -> value.getClass().getSimpleName())
        .isEqualTo(type);
  }

  @Test
  void placesCountFromOneAndInCodePoints() {
    Mapping root = mapping("# é\n😀: {b: x}");
    Mapping inner = (Mapping) root.entries().getFirst().value();

    assertThat(inner.get("b").orElseThrow()).isEqualTo(new Scalar("x", "x", true, 2, 8));
  }

  @Test
  void mergedKeysGiveWayToOwnOnes() {
    Mapping root = mapping("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\n");

    assertThat(root.get("c").orElseThrow().plainValue()).hasToString("{x=3, y=1, z=2}");
  }

  @Test
  void aliasBombIsRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append(("*a" + (i - 1) + ", ").repeat(9)).append("]\n");
    }

    YamlDocument document = YamlReader.read(bomb.toString());

    assertThat(document.problems())
        .singleElement()
        .satisfies(problem ->
            assertThat(problem.message())
                .isEqualTo("too many values, aliases expanded (expected: at most 20000)"));
  }

  @Test
  void hugeTextIsRefusedUnread() {
    YamlDocument document = YamlReader.read("x".repeat(YamlReader.MAX_CHARS + 1));

    assertThat(document.problems())
        .containsExactly(
            new YamlDocument.Problem(
                0, 0, "", "the text has 1048577 characters (expected: at most 1048576)"));
  }

  @Test
  void deepTextIsRefusedBeforeTheStackEnds() {
    for (String open : new String[] {"[", "{a: ", "- ", "? "}) {
      YamlDocument document = YamlReader.read(open.repeat(100_000));

      assertThat(document.root()).as(open).isNull();
      assertThat(document.problems()).as(open).hasSize(1);
    }
  }

  @Test
  void controlCharactersAreNamed() {
    assertThat(YamlReader.read("run: x\nname: \"é\u0001\"").problems())
        .containsExactly(
            new YamlDocument.Problem(2, 9, "", "the character U+0001 is not allowed (remove it)"));
  }

  private static Mapping mapping(String yaml) {
    YamlDocument document = YamlReader.read(yaml);
    assertThat(document.problems()).isEmpty();
    return (Mapping) Objects.requireNonNull(document.root());
  }
}
