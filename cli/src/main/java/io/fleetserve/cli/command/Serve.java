package io.fleetserve.cli.command;

import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.client.ControllerGone;
import io.fleetserve.cli.client.ProblemException;
import io.fleetserve.cli.view.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `serve` command itself: help, version, and the way to the others.
@Command(
    name = "serve",
    synopsisSubcommandLabel = "COMMAND",
    description = "Puts inference servers behind one stable URL.",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  serve up service.yaml          start a service and follow it until it is ready",
      "  serve status                   what runs, and where",
      "  serve down my-service          end it",
      "",
      "'serve COMMAND --help' tells more. State: $$FLEETSERVE_HOME, default ~/.fleetserve.",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or wrong file."
    })
public final class Serve implements Runnable {
  @CommandLine.Mixin HelpOption help = new HelpOption();

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  boolean version;

  @Spec @Nullable CommandSpec spec;

  private Serve() {}

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "a command is missing");
  }

  /// Every command, in the order of the help.
  private static Map<String, Function<Session, Object>> commands() {
    Map<String, Function<Session, Object>> commands = new LinkedHashMap<>();
    commands.put("up", UpCommand::new);
    commands.put("status", StatusCommand::new);
    commands.put("logs", LogsCommand::new);
    commands.put("events", EventsCommand::new);
    commands.put("explain", ExplainCommand::new);
    commands.put("update", UpdateCommand::new);
    commands.put("rollback", RollbackCommand::new);
    commands.put("down", DownCommand::new);
    commands.put("validate", ValidateCommand::new);
    commands.put("plan", PlanCommand::new);
    commands.put("check", CheckCommand::new);
    commands.put("gpus", GpusCommand::new);
    commands.put("infra", InfraCommand::new);
    commands.put("agents", AgentsCommand::new);
    commands.put("controller", ControllerCommand::new);
    commands.put("load-balancer", LoadBalancerCommand::new);
    commands.put("completion", _ -> new CompletionCommand());
    return commands;
  }

  /// Runs one call of `serve` and returns its exit code.
  public static int run(Session session, String version, List<String> arguments) {
    Map<String, Function<Session, Object>> commands = commands();
    String first = arguments.isEmpty() ? "" : arguments.getFirst();
    if (commands.containsKey(first) && !first.equals("completion")) {
      // The other commands' annotations need not be read.
      commands.keySet().retainAll(List.of(first));
    }
    return commandLine(session, version, commands).execute(arguments.toArray(String[]::new));
  }

  /// The full command line, with every command.
  static CommandLine commandLine(Session session, String version) {
    return commandLine(session, version, commands());
  }

  private static CommandLine commandLine(
      Session session, String version, Map<String, Function<Session, Object>> commands) {
    Console console = session.console();
    CommandLine line = new CommandLine(new Serve());
    line.getCommandSpec().version("Fleetserve " + version);
    commands.forEach((name, command) -> line.addSubcommand(name, command.apply(session)));
    line.setOut(writer(console.out()));
    line.setErr(writer(console.err()));
    line.setColorScheme(Help.defaultColorScheme(console.color() ? Help.Ansi.ON : Help.Ansi.OFF));
    line.setUsageHelpWidth(100);
    line.setUsageHelpAutoWidth(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, _) -> wrongUsage(console, e));
    line.setExecutionExceptionHandler((e, _, _) -> failure(console, e));
    return line;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  private static int wrongUsage(Console console, ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    console.note(console.paint().error(command.qualifiedName() + ": ") + e.getMessage());
    List<String> similar =
        e instanceof CommandLine.UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    if (!similar.isEmpty()) {
      console.note("Did you mean: " + String.join(", ", similar) + "?");
    }
    console.note("See '" + command.qualifiedName() + " --help'.");
    return CommandFailure.WRONG;
  }

  private static int failure(Console console, Exception e) throws Exception {
    return switch (e) {
      case CommandFailure failure -> {
        failure.lines().forEach(console::note);
        yield failure.exitCode();
      }
      case ProblemException problem -> {
        problem.lines().forEach(console::note);
        yield problem.is("invalid-service-file") ? CommandFailure.WRONG : CommandFailure.FAILED;
      }
      case ControllerGone gone -> {
        console.note("serve: " + gone.getMessage());
        yield CommandFailure.FAILED;
      }
      default -> throw e;
    };
  }
}
