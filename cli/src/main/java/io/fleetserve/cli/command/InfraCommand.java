package io.fleetserve.cli.command;

import io.fleetserve.api.wire.InfraView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.view.InfraText;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
final class InfraCommand extends CommandGroup {
  InfraCommand(Session session) {
    super(session, "list");
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
