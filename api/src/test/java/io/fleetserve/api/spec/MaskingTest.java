package io.fleetserve.api.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MaskingTest {
  @Test
  void hidesValuesAndLeavesTheRestAsItWas() {
    String yaml =
        """
        # a service
        name: x   # kept
        secrets:
          TOKEN: abc def # comment stays
          QUOTED: "a\\"b"
          REQUIRED:
          BLOCK: |
            line one
            line two
          NUMBER: 12345
        envs: {A: 1}
        run: |
          echo "abc def" $TOKEN
        """;

    assertThat(Masking.mask(yaml))
        .isEqualTo(
            """
            # a service
            name: x   # kept
            secrets:
              TOKEN: '***' # comment stays
              QUOTED: '***'
              REQUIRED:
              BLOCK: '***'
              NUMBER: '***'
            envs: {A: 1}
            run: |
              echo "***" $TOKEN
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secrets: {A: hunter2, B: x}\nrun: y",
        "envs: {X: &t hunter2}\nsecrets: {A: *t}\nrun: y",
        "config: &c {A: hunter2, B: [hunter2]}\nsecrets: *c\nrun: y",
        "config: &c {A: hunter2}\nsecrets:\n  <<: *c\nrun: y",
        "secrets: hunter2\nrun: y",
        "secrets: [hunter2, {a: hunter2}]\nrun: y",
        "\"secrets\": {A: hunter2}\nrun: echo hunter2 # hunter2",
        "run: '😀'\nsecrets: {😀: hunter2}\n",
        "secrets: {A: hunter2\n",
      })
  void hidesInEveryForm(String yaml) {
    assertThat(Masking.mask(yaml)).doesNotContain("hunter2");
  }

  @Test
  void otherMappingsCalledSecretsAreNotTouched() {
    String yaml = "config: {secrets: {A: shown}}\nenvs: {secrets: shown}\nrun: secrets\n";

    assertThat(Masking.mask(yaml)).isEqualTo(yaml);
  }

  @Test
  void whatIsMaskedIsStillAServiceFile() {
    String masked = Masking.mask("secrets: {A: hunter2, B: |\n  x\n}\nrun: y\n");

    assertThat(masked).doesNotContain("hunter2");
    assertThat(Specs.read(Masking.mask("secrets:\n  A: hunter2\nrun: y\n")).secrets())
        .containsEntry("A", new Secret("***"));
  }
}
