package io.fleetserve.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompletionCommandTest {
  @TempDir Path home;

  @Test
  void scriptIsValidBashAndCompletesCommandsAndOptions() throws Exception {
    Call completion = Call.serve(home, "completion", "bash");
    Path script = Files.writeString(home.resolve("serve.bash"), completion.out());

    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source "
                    + script
                    + "; COMP_WORDS=(serve up --no); COMP_CWORD=2; _complete_serve;"
                    + " echo ${COMPREPLY[@]}")
            .redirectErrorStream(true)
            .start();

    assertThat(
            new String(
                bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("--no-wait");
    assertThat(bash.waitFor()).isZero();
  }
}
