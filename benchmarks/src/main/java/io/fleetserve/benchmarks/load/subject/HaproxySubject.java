package io.fleetserve.benchmarks.load.subject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// HAProxy with one thread a loop, in one process.
final class HaproxySubject implements Subject {
  @Override
  public String name() {
    return "haproxy";
  }

  @Override
  public String version() throws InterruptedException {
    return Commands.firstLine("haproxy", "-v");
  }

  @Override
  public Running start(Path folder, ProxySettings settings) throws IOException {
    Path config = Files.createDirectories(folder).resolve("haproxy.cfg");
    Files.writeString(config, HaproxyConfig.text(settings));
    Process process =
        Commands.inFolder(folder, List.of("haproxy", "-db", "-f", config.toString())).start();
    return new Running(name(), settings.port(), process, null);
  }
}
