package io.fleetserve.api.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A secret's value never appears in a message, an exception or a printed form.
final class SecrecyTest {
  private static final String VALUE = "hunter2hunter2";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "service: {replicas: $S}",
        "service: {readiness_probe: $S}",
        "service: {readiness_probe: {path: $S}}",
        "service: {readiness_probe: {path: '/x y?$S'}}",
        "service: {readiness_probe: {path: /, post_data: '{$S'}}",
        "service: {readiness_probe: {path: /, headers: {A: \"$S\\n\"}}}",
        "service: {load_balancing_policy: $S}",
        "service: {tls: {keyfile: $S, certfile: $S}}",
        "service: {hold: {max_bytes: $S}}",
        "service: {listen: {hosts: ['$S!']}}",
        "service: {spot: {policy: $S}}",
        "service: [$S]",
        "workdir: {ref: $S}",
        "file_mounts: {/x: ['$S']}"
      })
  void notInMessages(String line) {
    SpecException e =
        catchThrowableOfType(
            SpecException.class,
            () -> Specs.read(line + "\nrun: x\n", Map.of(), Map.of("S", VALUE)));

    assertThat(e).as(line).isNotNull();
    for (Throwable t = e; t != null; t = t.getCause()) {
      assertThat(t.toString()).doesNotContain(VALUE);
    }
    assertThat(e.problems().toString()).doesNotContain(VALUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secrets: {A: [hunter2hunter2]}",
        "secrets: {A: {hunter2hunter2: hunter2hunter2}}",
        "secrets: hunter2hunter2",
        "secrets: [hunter2hunter2]",
        "secrets: {A: *hunter2hunter}",
        "secrets: {A: 'hunter2hunter2}",
        "secrets: {A: !hunter hunter2hunter2, A: hunter2hunter2}",
        "secrets: {A: hunter2hunter2: hunter2hunter2}",
        "secrets: {1A: hunter2hunter2}"
      })
  void notInMessagesAboutTheSectionItself(String line) {
    SpecException e =
        catchThrowableOfType(SpecException.class, () -> Specs.read(line + "\nrun: x\n"));

    assertThat(e).as(line).isNotNull();
    assertThat(e.getMessage()).doesNotContain(VALUE);
  }

  @Test
  void notInPrintedForms() {
    SpecSource source =
        new SpecSource("s.yaml", "secrets: {S: hunter2hunter2}\nrun: x", "/", Map.of(), Map.of());

    assertThat(source.toString()).doesNotContain(VALUE);
    assertThat(SpecReader.read(source).toString()).doesNotContain(VALUE);
    assertThat(new Secret(VALUE).toString()).isEqualTo("***");
  }
}
