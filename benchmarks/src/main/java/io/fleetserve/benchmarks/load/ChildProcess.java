package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.subject.Running;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// A JVM of our own class path that talks in lines. For one thread; closing ends the process.
final class ChildProcess implements AutoCloseable {
  private static final String ENDED = "";

  private final Process process;
  private final BufferedWriter input;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private ChildProcess(Process process) {
    this.process = process;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofVirtual().start(this::read);
  }

  static ChildProcess start(Class<?> main, String... arguments) throws IOException {
    return start("512m", main, arguments);
  }

  /// The same with another limit of its heap.
  static ChildProcess start(String heap, Class<?> main, String... arguments) throws IOException {
    return start(UnaryOperator.identity(), heap, main, arguments);
  }

  /// The same at another place.
  ///
  /// @param place what makes a command of this machine one that runs there
  static ChildProcess start(
      UnaryOperator<List<String>> place, String heap, Class<?> main, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms256m",
                "-Xmx" + heap,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Dio.netty.leakDetection.level=disabled",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return new ChildProcess(
        new ProcessBuilder(place.apply(command))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  Process process() {
    return process;
  }

  void say(String line) throws IOException {
    input.write(line);
    input.newLine();
    input.flush();
  }

  /// The next line it prints.
  String hear(Duration atMost) throws InterruptedException {
    String line = lines.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    if (line == null || line.equals(ENDED)) {
      throw new IllegalStateException(
          "process %d %s"
              .formatted(process.pid(), line == null ? "said nothing for " + atMost : "has ended"));
    }
    return line;
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      output.lines().forEach(lines::add);
    } catch (IOException | java.io.UncheckedIOException ended) {
      // The same as an end of output.
    }
    lines.add(ENDED);
  }

  @Override
  public void close() {
    Running.end(process);
  }
}
