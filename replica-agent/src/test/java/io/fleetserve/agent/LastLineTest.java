package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LastLineTest {
  private final LastLine line = new LastLine();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "one\\ntwo\\n|two",
        "one\\ntwo|two",
        "one\\n\\n  \\n|one",
        "10%\\r20%\\r|20%",
        "\\033[31mred\\033[0m\\n|red",
        "  a\\tb  |ab",
        "größe\\n|größe"
      })
  void isTheLastThatSaysAnything(String output, String last) {
    add(output.translateEscapes());

    assertThat(line.text()).isEqualTo(last);
  }

  @Test
  void isEmptyWhenNothingWasSaid() {
    add("\n \n");

    assertThat(line.text()).isEmpty();
  }

  @Test
  void isBounded() {
    add("x".repeat(1_000_000));

    assertThat(line.text()).hasSize(400);
  }

  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    line.add(bytes, 0, bytes.length);
  }
}
