package io.fleetserve.controller.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// A small file system in memory, where this process may mount one; the test is skipped otherwise.
record Tmpfs(Path path) implements AutoCloseable {
  static Tmpfs mount(Path path, String options) throws IOException, InterruptedException {
    Files.createDirectories(path);
    int exit =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "tmpfs", path.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    Assumptions.assumeTrue(exit == 0, "needs the right to mount a tmpfs");
    return new Tmpfs(path);
  }

  @Override
  public void close() throws IOException {
    new ProcessBuilder("umount", "-l", path.toString())
        .start()
        .onExit()
        .orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
        .join();
  }
}
