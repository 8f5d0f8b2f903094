package io.fleetserve.cli.command;

import io.fleetserve.api.wire.InfraView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.view.InfraText;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `serve infra`.
@Command(
    name = "infra",
    description = "Show hosts, engines and partitions: size, what is free, replicas on them.",
    synopsisSubcommandLabel = "COMMAND",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  serve infra list             every place, one line each",
      "  serve infra list -o json     by provider, with reasons",
      "",
      "Places are described in infra.yaml and config.yaml; 'serve check' tells what is wrong."
    })
final class InfraCommand implements Runnable {
  private final Session session;

  @Mixin HelpOption help = new HelpOption();

  @Spec @Nullable CommandSpec spec;

  InfraCommand(Session session) {
    this.session = session;
  }

  @Override
  public void run() {
    throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "expected list");
  }

  @Command(name = "list", description = "Show every place.")
  int list(@Mixin OutputOption output, @Mixin HelpOption listHelp) {
    List<InfraView> providers = session.access().connect().infra();
    if (output.json()) {
      session.printJson(providers);
    } else {
      InfraText.places(providers, session.console().paint()).forEach(session.console()::line);
    }
    return CommandFailure.DONE;
  }
}
