package io.fleetserve.controller.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of a process that writes.
final class StoreCrashTest {
  @TempDir Path folder;

  @Test
  void killedProcessLosesNoAcknowledgedRow() throws Exception {
    for (int round = 0; round < 3; round++) {
      Path root = folder.resolve("home" + round);
      Process writer =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  root.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      int acknowledged = 0;
      try (BufferedReader lines = writer.inputReader(StandardCharsets.UTF_8)) {
        String line;
        while ((line = lines.readLine()) != null) {
          if (line.startsWith("stored ")) {
            acknowledged = Integer.parseInt(line.substring(7));
            if (acknowledged == 40 + 13 * round) {
              writer.toHandle().destroyForcibly();
            }
          }
        }
      } finally {
        writer.toHandle().destroyForcibly();
      }
      assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();

      try (Store store = new JdbiStore(new HomeFolder(root), 100_000)) {
        assertThat(acknowledged).isPositive();
        assertThat(store.events("llm", 0, 100_000)).hasSizeGreaterThanOrEqualTo(acknowledged);
      }
    }
  }

  /// Writes rows without end, and says of each that it is stored.
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      HomeFolder home = new HomeFolder(Path.of(args[0]));
      home.create();
      try (Store store = new JdbiStore(home, 100_000)) {
        for (int i = 1; ; i++) {
          Changes changes = new Changes("llm");
          changes.service(StoredRows.service("llm"));
          changes.event(EventDraft.info(EventType.SCALE_UP, 1, "n" + i), StoredRows.NOW);
          store.commit(changes);
          System.out.println("stored " + i);
        }
      }
    }
  }
}
