package io.fleetserve.loadbalancer.control;

import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.api.wire.LoadBalancerBoot.Presence;
import io.fleetserve.loadbalancer.LoadBalancerMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A load balancer in a process of its own, started as its supervisor starts it, on the class path
/// of the test.
final class BalancerProcess implements AutoCloseable {
  private final Path folder;
  private final Path output;
  private final Process process;

  private BalancerProcess(Path folder, List<String> prefix, List<String> options)
      throws IOException {
    this.folder = folder;
    output = Files.createTempFile(folder, "output", ".txt");
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx96m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            LoadBalancerMain.class.getName()));
    command.addAll(options);
    command.add(folder.resolve("boot.json").toString());
    process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
  }

  /// Starts one and waits until it serves.
  ///
  /// @param prefix of the command line, for example `prlimit`
  static BalancerProcess start(Path folder, LoadBalancerBoot boot, String... prefix)
      throws IOException {
    Files.write(folder.resolve("boot.json"), Json.MAPPER.writeValueAsBytes(boot));
    return new BalancerProcess(folder, List.of(prefix), List.of()).awaitServing();
  }

  /// Starts one that takes over from the one that serves in the same folder, and waits until it
  /// has.
  static BalancerProcess replace(Path folder) throws IOException {
    return new BalancerProcess(folder, List.of(), List.of("--replace")).awaitServing();
  }

  /// Starts one that is to take over, and does not wait.
  static BalancerProcess replacing(Path folder) throws IOException {
    return new BalancerProcess(folder, List.of(), List.of("--replace"));
  }

  private BalancerProcess awaitServing() {
    await()
        .atMost(Duration.ofSeconds(60))
        .failFast("it ended, see " + output, () -> !process.isAlive())
        .until(() -> presence().pid() == process.pid());
    return this;
  }

  private Presence presence() throws IOException {
    Path file = folder.resolve("loadbalancer.json");
    return Files.exists(file)
        ? Json.MAPPER.readValue(Files.readAllBytes(file), Presence.class)
        : new Presence("", 0, 0, 0, "", 0);
  }

  String adminUrl() throws IOException {
    return presence().adminUrl();
  }

  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return e.toString();
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /// SIGTERM.
  void terminate() {
    process.destroy();
  }

  /// Waits for its end; the exit code.
  int exitCode() throws InterruptedException {
    return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
