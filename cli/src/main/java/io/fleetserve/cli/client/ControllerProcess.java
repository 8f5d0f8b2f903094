package io.fleetserve.cli.client;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// A controller this command has just spawned. It gets a session of its own, so that neither the
/// end of this command nor the terminal's Ctrl-C ends it.
final class ControllerProcess {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 5_000_000;

  /// What a controller prints is a few lines per start; more means something loops.
  private static final long OUT_LIMIT_BYTES = 1 << 20;

  private final Process process;
  private final Path out;
  private final long outStart;

  private ControllerProcess(Process process, Path out, long outStart) {
    this.process = process;
    this.out = out;
    this.outStart = outStart;
  }

  static ControllerProcess spawn(HomeFolder home, Path distribution) throws IOException {
    Path out = home.controllerOut();
    if (Files.exists(out) && Files.size(out) > OUT_LIMIT_BYTES) {
      Files.delete(out);
    }
    long outStart = Files.exists(out) ? Files.size(out) : 0;
    List<String> command =
        List.of(
            "setsid",
            distribution.resolve("bin/fleetserve-controller").toString(),
            "--home",
            home.path().toString(),
            "--dist",
            distribution.toString());
    Process process =
        new ProcessBuilder(command)
            .directory(home.path().toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
            .redirectErrorStream(true)
            .start();
    return new ControllerProcess(process, out, outStart);
  }

  /// Waits until `answer` gives a client.
  ///
  /// @throws CommandFailure when the process ends before, or takes too long, with what it printed
  ControllerClient awaitAnswer(Supplier<Optional<ControllerClient>> answer) {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      boolean alive = process.isAlive();
      Optional<ControllerClient> client = answer.get();
      if (client.isPresent()) {
        return client.get();
      }
      if (!alive) {
        throw failure("ended with code " + process.exitValue());
      }
      if (System.nanoTime() > end) {
        process.destroyForcibly();
        throw failure("does not answer after " + START_LIMIT.toSeconds() + " s");
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private CommandFailure failure(String what) {
    String reason = lastLine();
    return reason.isEmpty()
        ? CommandFailure.failed("The controller " + what + ". See " + out + ".")
        : CommandFailure.failed("The controller " + what + ": " + reason, "See " + out + ".");
  }

  /// The last line the process printed that is not a stack frame; empty if there is none.
  private String lastLine() {
    try (RandomAccessFile file = new RandomAccessFile(out.toFile(), "r")) {
      file.seek(Math.max(outStart, file.length() - 16_384));
      byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("at "))
          .reduce("", (earlier, later) -> later);
    } catch (IOException unreadable) {
      return "";
    }
  }
}
