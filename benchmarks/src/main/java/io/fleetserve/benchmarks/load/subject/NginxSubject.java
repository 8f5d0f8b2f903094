package io.fleetserve.benchmarks.load.subject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// nginx with one worker process a loop (its master process does nothing meanwhile).
final class NginxSubject implements Subject {
  @Override
  public String name() {
    return "nginx";
  }

  @Override
  public String version() throws InterruptedException {
    return Commands.firstLine("nginx", "-v");
  }

  @Override
  public Running start(Path folder, ProxySettings settings) throws IOException {
    Path config = Files.createDirectories(folder).resolve("nginx.conf");
    Files.writeString(config, NginxConfig.text(folder, settings));
    Process process =
        Commands.inFolder(
                folder, List.of("nginx", "-p", folder.toString(), "-c", config.toString()))
            .start();
    return new Running(name(), settings.port(), process, null);
  }
}
