package io.fleetserve.cli.command;

import io.fleetserve.cli.view.Console;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/// One finished call of `serve` inside the test's JVM.
record Call(int exit, String out, String err) {

  /// Without a terminal, as in a script.
  static Call serve(Path home, String... arguments) {
    return serve(home, false, "", arguments);
  }

  /// With a person at a terminal, who types `answers`.
  static Call atTerminal(Path home, String answers, String... arguments) {
    return serve(home, true, answers, arguments);
  }

  private static Call serve(Path home, boolean terminal, String answers, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new BufferedReader(new StringReader(answers)),
            terminal,
            terminal,
            false,
            () -> 100);
    Session session =
        new Session(
            console,
            home,
            home.resolve("dist"),
            home,
            Map.of("FROM_CALLER", "caller's value"),
            Clock.system(ZoneOffset.UTC));
    int exit = Serve.run(session, "1.2.3", List.of(arguments));
    return new Call(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "exit " + exit + "\nout: " + out + "\nerr: " + err;
  }
}
