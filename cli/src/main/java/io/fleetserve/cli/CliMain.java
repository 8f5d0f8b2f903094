package io.fleetserve.cli;

import io.fleetserve.cli.command.Serve;
import io.fleetserve.cli.command.Session;
import io.fleetserve.cli.view.Console;
import io.fleetserve.cli.view.Terminals;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/// The `serve` command. Reads from the environment: `FLEETSERVE_HOME` (state folder, default
/// `~/.fleetserve`), `FLEETSERVE_DIST` (root of the distribution, set by its `bin/serve`),
/// `NO_COLOR`, `TERM`, and the variables `--env NAME` asks for.
public final class CliMain {
  private CliMain() {}

  public static void main(String[] args) {
    PrintStream out = out();
    int code = run(args, System.getenv(), out, err());
    out.flush();
    System.exit(code);
  }

  static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
    boolean outIsTerminal =
        Terminals.isTerminal(1) && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    Console console =
        new Console(
            out,
            err,
            new BufferedReader(
                new InputStreamReader(
                    new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8)),
            outIsTerminal,
            Terminals.isTerminal(0),
            outIsTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty(),
            Terminals.width());
    Path working = Path.of("").toAbsolutePath();
    Path home =
        working
            .resolve(
                environment.getOrDefault(
                    "FLEETSERVE_HOME", System.getProperty("user.home") + "/.fleetserve"))
            .normalize();
    Path distribution =
        working.resolve(environment.getOrDefault("FLEETSERVE_DIST", ".")).normalize();
    Session session =
        new Session(
            console,
            home,
            distribution,
            working,
            environment,
            Clock.system(ZoneId.systemDefault()));
    return Serve.run(session, version(), List.of(args));
  }

  private static String version() {
    String version = CliMain.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }

  static PrintStream out() {
    return stream(FileDescriptor.out);
  }

  static PrintStream err() {
    return stream(FileDescriptor.err);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
