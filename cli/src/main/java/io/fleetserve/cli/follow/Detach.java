package io.fleetserve.cli.follow;

import io.fleetserve.cli.view.Console;

/// While it is open, Ctrl-C ends the command with a line that says what goes on without it.
public final class Detach implements AutoCloseable {
  private final Thread hook;

  private Detach(Thread hook) {
    this.hook = hook;
  }

  public static Detach saying(Console console, String line) {
    Thread hook =
        Thread.ofPlatform()
            .unstarted(() -> {
              console.note("");
              console.note(line);
            });
    Runtime.getRuntime().addShutdownHook(hook);
    return new Detach(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ignored) {
      // The JVM is on its way out: the line is being printed.
    }
  }
}
