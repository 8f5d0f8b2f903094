package io.fleetserve.provider.slurm;

import io.fleetserve.provider.transport.NotSentException;
import io.fleetserve.provider.transport.ShellQuote;
import io.fleetserve.provider.transport.SshCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Runs commands on a login node: this machine, or another one by SSH. Thread-safe.
///
/// @param ssh empty means this machine
/// @param environment of the commands, beside their own
record Shell(Optional<SshCommand> ssh, Map<String, String> environment) {
  /// What `ssh` says when it never got as far as the command.
  private static final List<String> NOT_CONNECTED =
      List.of(
          "could not resolve",
          "connection refused",
          "connection timed out",
          "no route to host",
          "network is unreachable",
          "host key verification failed",
          "permission denied",
          "remote host identification has changed",
          "no such file or directory");

  private static final int SSH_FAILED = 255;

  Shell {
    environment = Map.copyOf(environment);
  }

  /// What a command left behind.
  record Result(int exit, String out, String err) {
    boolean ok() {
      return exit == 0;
    }
  }

  /// Writes what the command reads.
  @FunctionalInterface
  interface Input {
    Input NONE = out -> {};

    void writeTo(OutputStream out) throws IOException;
  }

  /// Runs it to its end.
  ///
  /// @throws NotSentException when it was never run
  /// @throws IOException when it may have been run
  Result run(List<String> command, Input input, Duration timeout) throws IOException {
    Process process = start(command);
    AtomicReference<String> err = new AtomicReference<>("");
    Thread errors = Thread.ofVirtual().start(() -> err.set(all(process.getErrorStream())));
    AtomicReference<String> out = new AtomicReference<>("");
    Thread output = Thread.ofVirtual().start(() -> out.set(all(process.getInputStream())));
    Thread writer = Thread.ofVirtual().start(() -> write(process, input));
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException(
            name(command) + where() + ": no end within " + timeout.toSeconds() + " s");
      }
      for (Thread thread : List.of(errors, output, writer)) {
        thread.join(Duration.ofSeconds(2));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(name(command) + where() + ": interrupted", e);
    }
    Result result = new Result(process.exitValue(), out.get(), err.get().strip());
    if (ssh.isPresent() && result.exit() == SSH_FAILED) {
      throw broken(result.err());
    }
    return result;
  }

  private Process start(List<String> command) throws NotSentException {
    List<String> local = ssh.map(host -> host.running(remote(command))).orElse(command);
    ProcessBuilder builder = new ProcessBuilder(local);
    if (ssh.isEmpty()) {
      builder.environment().putAll(environment);
    }
    try {
      return builder.start();
    } catch (IOException e) {
      throw new NotSentException(local.getFirst() + ": " + e.getMessage(), e);
    }
  }

  /// As the remote shell has to read it.
  private String remote(List<String> command) {
    List<String> words = new ArrayList<>();
    if (!environment.isEmpty()) {
      words.add("env");
      new TreeMap<>(environment)
          .forEach((name, value) -> words.add(ShellQuote.quote(name + "=" + value)));
    }
    command.forEach(word -> words.add(ShellQuote.quote(word)));
    return String.join(" ", words);
  }

  private IOException broken(String err) {
    String lower = err.toLowerCase(Locale.ROOT);
    String message = "ssh" + where() + ": " + err.replaceAll("\\s*\\R\\s*", "; ");
    return NOT_CONNECTED.stream().anyMatch(lower::contains)
        ? new NotSentException(message, new IOException(err))
        : new IOException(message);
  }

  private String where() {
    return ssh.map(host -> " on " + host).orElse("");
  }

  private static String name(List<String> command) {
    return command.getFirst();
  }

  private static void write(Process process, Input input) {
    try (OutputStream out = process.getOutputStream()) {
      input.writeTo(out);
    } catch (IOException closed) {
      // The command ended without reading on; its exit code tells.
    }
  }

  private static String all(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException killed) {
      return "";
    }
  }
}
