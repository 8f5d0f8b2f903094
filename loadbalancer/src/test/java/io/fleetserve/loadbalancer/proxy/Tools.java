package io.fleetserve.loadbalancer.proxy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Programs of the machine that some tests use.
final class Tools {
  private Tools() {}

  /// Skips the test where the program is missing.
  static void need(String program) {
    assumeTrue(
        exit("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin command -v " + program) == 0,
        program + " is missing");
  }

  /// Runs a program that must succeed.
  static void run(String... command) {
    int exit = exit(command);
    if (exit != 0) {
      throw new AssertionError(String.join(" ", command) + " ended with " + exit);
    }
  }

  /// Exit code of a program.
  static int exit(String... command) {
    try {
      return start(command).waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// All a program writes.
  static String output(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process start(String... command) {
    try {
      return new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
