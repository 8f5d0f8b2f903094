package io.fleetserve.dist;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// A throw-away home and the folder the caches are made in. [#close] ends every process that still
/// belongs to it and removes it.
///
/// @param dist root of the distribution
/// @param home state folder of the training run
/// @param caches where programs leave their caches; `<program>.train` there asks for one
record TrainingGround(Path dist, Path work, Path home, Path caches) implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  static TrainingGround prepare(Path dist, Path work) throws IOException {
    Libraries.remove(work);
    TrainingGround ground =
        new TrainingGround(
            dist.toAbsolutePath(),
            work.toAbsolutePath(),
            work.toAbsolutePath().resolve("home"),
            work.toAbsolutePath().resolve("caches"));
    Files.createDirectories(ground.home);
    Files.setPosixFilePermissions(ground.home, PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(ground.caches);
    return ground;
  }

  /// Asks for the cache of a program, which every run of it from now on makes.
  void train(String program) throws IOException {
    Files.writeString(caches.resolve(program + ".train"), "");
  }

  /// No further run of the program makes a cache.
  void trained(String program) throws IOException {
    Files.deleteIfExists(caches.resolve(program + ".train"));
  }

  /// Starts a command with this home; its output goes to `<name>.out` in the work folder.
  Process start(String name, List<String> command, boolean pipes) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
    builder.environment().put("FLEETSERVE_HOME", home.toString());
    builder.environment().put("FLEETSERVE_DIST", dist.toString());
    builder.environment().put("FLEETSERVE_AOT_TRAIN", caches.toString());
    builder.environment().put("JAVA25_HOME", System.getProperty("java.home"));
    builder.redirectError(work.resolve(name + ".err").toFile());
    if (!pipes) {
      builder.redirectOutput(work.resolve(name + ".out").toFile());
    }
    return builder.start();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Waits until the condition holds.
  ///
  /// @throws IOException that names `what` when it does not within a minute
  static void await(String what, BooleanSupplier condition)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IOException("not within " + LIMIT.toSeconds() + " s: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  @Override
  public void close() throws IOException {
    for (int round = 0; round < 20 && endProcesses(); round++) {
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    Libraries.remove(work);
  }

  /// Kills what has this work folder in its command line or environment; true if there was any.
  private boolean endProcesses() throws IOException {
    boolean found = false;
    long self = ProcessHandle.current().pid();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        String name = process.getFileName().toString();
        if (!name.matches("\\d+") || Long.parseLong(name) == self) {
          continue;
        }
        String marks = text(process.resolve("cmdline")) + text(process.resolve("environ"));
        if (marks.contains(work.toString())) {
          found |=
              ProcessHandle.of(Long.parseLong(name))
                  .map(ProcessHandle::destroyForcibly)
                  .orElse(false);
        }
      }
    }
    return found;
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException ended) {
      return "";
    }
  }
}
