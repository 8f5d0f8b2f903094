package io.fleetserve.cli.client;

import java.util.List;

/// An end of a command that its user must hear about: lines for stderr, and the exit code.
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Exit code of a command that did what was asked.
  public static final int DONE = 0;

  /// Exit code of a command that tried and failed.
  public static final int FAILED = 1;

  /// Exit code of wrong usage and of a wrong service file.
  public static final int WRONG = 2;

  /// Exit code after Ctrl-C: 128 + SIGINT.
  public static final int INTERRUPTED = 130;

  private final transient List<String> lines;
  private final int exitCode;

  private CommandFailure(List<String> lines, int exitCode) {
    super(String.join("\n", lines));
    this.lines = List.copyOf(lines);
    this.exitCode = exitCode;
  }

  /// Tried and failed.
  public static CommandFailure failed(String... lines) {
    return new CommandFailure(List.of(lines), FAILED);
  }

  /// Asked for something that makes no sense.
  public static CommandFailure wrong(List<String> lines) {
    return new CommandFailure(lines, WRONG);
  }

  public List<String> lines() {
    return lines;
  }

  public int exitCode() {
    return exitCode;
  }
}
