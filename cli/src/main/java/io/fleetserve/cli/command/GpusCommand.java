package io.fleetserve.cli.command;

import io.fleetserve.api.wire.InfraView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.view.InfraText;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `serve gpus`.
@Command(
    name = "gpus",
    description = "Show accelerators: where, how many, how many are free, at what price.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve gpus                 every accelerator of every place",
      "  serve gpus a100            those whose name has that in it",
      "  serve gpus -o json         the places, with all they have"
    })
final class GpusCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Part of an accelerator's name.")
  String name = "";

  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  GpusCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    List<InfraView> providers = session.access().connect().infra();
    if (output.json()) {
      session.printJson(InfraText.withAccelerator(providers, name));
      return CommandFailure.DONE;
    }
    List<String> lines = InfraText.accelerators(providers, name, session.console().paint());
    if (lines.isEmpty()) {
      session
          .console()
          .note(
              name.isEmpty() ? "No accelerators." : "No accelerator has " + name + " in its name.");
    }
    lines.forEach(session.console()::line);
    return CommandFailure.DONE;
  }
}
