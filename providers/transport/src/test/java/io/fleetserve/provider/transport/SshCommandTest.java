package io.fleetserve.provider.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SshCommandTest {
  @Test
  void keysAreAlwaysCheckedAndNothingIsAsked() {
    List<String> bare = new SshCommand("head", null, 0, null, null, null).running("true");
    List<String> full =
        new SshCommand("head", "me", 2222, "/k", "/hosts", "/config").running("sbatch");

    for (List<String> command : List.of(bare, full)) {
      assertThat(command).startsWith("ssh").contains("BatchMode=yes", "StrictHostKeyChecking=yes");
    }
    assertThat(bare).endsWith("-T", "--", "head", "true");
    assertThat(full)
        .containsSubsequence("-F", "/config")
        .containsSubsequence("-i", "/k")
        .containsSubsequence("-p", "2222")
        .containsSubsequence("-l", "me")
        .contains("UserKnownHostsFile=/hosts")
        .endsWith("-T", "--", "head", "sbatch");
  }

  @Test
  void hostThatLooksLikeAnOptionIsRefused() {
    assertThatThrownBy(() -> new SshCommand("-oProxyCommand=x", null, 0, null, null, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"plain", "", "it's", "a b", "$HOME `id` \"x\"", "back\\slash", "*", "a\nb"})
  void quotedWordComesThroughAShellUnchanged(String word) throws Exception {
    Process shell = new ProcessBuilder("sh", "-c", "printf %s " + ShellQuote.quote(word)).start();

    assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo(word);
  }
}
