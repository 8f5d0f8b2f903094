package io.fleetserve.testing.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A finished command.
///
/// @param exit code, 128 + n for signal n
public record Run(int exit, String out, String err, Duration took) {

  /// Waits for the process, which is killed after `limit` (an error that names `what`).
  public static Run finish(Process process, Duration limit, String what) {
    long start = System.nanoTime();
    CompletableFuture<String> out = reading(process.getInputStream());
    CompletableFuture<String> err = reading(process.getErrorStream());
    try {
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            what + " still runs after " + limit + "\n" + out.join() + "\n" + err.join());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new AssertionError(what + " interrupted", e);
    }
    return new Run(
        process.exitValue(), out.join(), err.join(), Duration.ofNanos(System.nanoTime() - start));
  }

  private static CompletableFuture<String> reading(InputStream stream) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
          } catch (IOException e) {
            text.completeExceptionally(e);
          }
        });
    return text;
  }

  @Override
  public String toString() {
    return "exited with " + exit + "\nstdout: " + out + "\nstderr: " + err;
  }
}
