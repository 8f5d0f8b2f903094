package io.fleetserve.examples.tinyllm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServerOptionsTest {
  private static final Path MODEL = Path.of("m.gguf");

  @Test
  void nothingGivenIsTheDefault() {
    assertThat(ServerOptions.parse(List.of(), MODEL))
        .isEqualTo(new ServerOptions(MODEL, "127.0.0.1", 8080, 8, 256, "tiny-llm", false));
  }

  @Test
  void everyOptionIsRead() {
    List<String> args =
        List.of(
            "--port",
            "81",
            "--host",
            "::1",
            "--model",
            "x",
            "--alias",
            "y",
            "--slots",
            "2",
            "--context",
            "64");

    assertThat(ServerOptions.parse(args, MODEL))
        .isEqualTo(new ServerOptions(Path.of("x"), "::1", 81, 2, 64, "y", false));
  }

  @Test
  void wrongOnesAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerOptions.parse(List.of("--port", "70000"), MODEL))
        .withMessage("--port: 70000 (expected: 0 to 65535)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerOptions.parse(List.of("--prot", "1"), MODEL))
        .withMessageContaining("--prot: unknown");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerOptions.parse(List.of("--port"), MODEL))
        .withMessageContaining("value is missing");
  }
}
