package io.fleetserve.cli.command;

import io.fleetserve.api.wire.Json;
import io.fleetserve.cli.client.ControllerAccess;
import io.fleetserve.cli.client.HomeFolder;
import io.fleetserve.cli.follow.Display;
import io.fleetserve.cli.follow.LiveDisplay;
import io.fleetserve.cli.follow.PlainDisplay;
import io.fleetserve.cli.view.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one call of `serve` works with. Confined to one thread.
public final class Session {
  private final Console console;
  private final Path home;
  private final Path distribution;
  private final Path workingFolder;
  private final Map<String, String> environment;
  private final Clock clock;
  private @Nullable ControllerAccess access;

  /// Nothing is read, connected or started before a command needs it.
  ///
  /// @param home absolute; the state folder
  /// @param distribution absolute; where the programs are
  /// @param workingFolder absolute; relative files are looked up there
  /// @param environment for `--env NAME` without a value
  public Session(
      Console console,
      Path home,
      Path distribution,
      Path workingFolder,
      Map<String, String> environment,
      Clock clock) {
    this.console = console;
    this.home = home;
    this.distribution = distribution;
    this.workingFolder = workingFolder;
    this.environment = Map.copyOf(environment);
    this.clock = clock;
  }

  Console console() {
    return console;
  }

  Path workingFolder() {
    return workingFolder;
  }

  Map<String, String> environment() {
    return environment;
  }

  Clock clock() {
    return clock;
  }

  ZoneId zone() {
    return clock.getZone();
  }

  /// Made at its first use: commands that only print need neither it nor JSON.
  ControllerAccess access() {
    if (access == null) {
      access = new ControllerAccess(new HomeFolder(home), distribution, Json.MAPPER);
    }
    return access;
  }

  /// Prints a result for programs.
  void printJson(Object value) {
    console.line(access().json().writerWithDefaultPrettyPrinter().writeValueAsString(value));
  }

  /// Prints one result of a stream of them for programs: JSON on one line.
  void printJsonLine(Object value) {
    console.line(access().json().writeValueAsString(value));
  }

  /// How a followed service is shown: in place on a terminal; else line by line, on stderr when
  /// stdout is for a program.
  Display display(boolean json) {
    if (json) {
      return new PlainDisplay(console::note, clock);
    }
    return console.outIsTerminal()
        ? new LiveDisplay(console, clock)
        : new PlainDisplay(console::line, clock);
  }

  /// Asks a person at a terminal; the empty answer means yes. With nobody to ask, and with `yes`,
  /// the answer is yes: whoever runs a command from a script has decided.
  boolean confirm(String question, boolean yes) {
    if (yes || !console.inIsTerminal() || !console.outIsTerminal()) {
      return true;
    }
    console.out().print(question + " [Y/n] ");
    console.out().flush();
    try {
      String answer = console.in().readLine();
      return answer != null
          && switch (answer.strip().toLowerCase(Locale.ROOT)) {
            case "", "y", "yes" -> true;
            default -> false;
          };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
