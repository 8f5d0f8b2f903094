package io.fleetserve.cli.command;

import io.fleetserve.api.wire.InfraView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.view.InfraText;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `serve check`.
@Command(
    name = "check",
    description = "Ask every place replicas could run whether it can be used, and why not.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve check                what is configured, and what of it can be used",
      "  serve check ssh slurm      of these providers; exit code 1 if one of them cannot be used",
      "",
      "Without names the exit code is 1 when nothing at all can be used."
    })
final class CheckCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      arity = "0..*",
      paramLabel = "PROVIDER",
      description = "As in resources.infra; default: all.")
  List<String> names = List.of();

  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  CheckCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    List<InfraView> all = session.access().connect().infra();
    List<String> known = all.stream().map(InfraView::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw CommandFailure.wrong(
            List.of(name + ": no such provider (there are: " + String.join(", ", known) + ")"));
      }
    }
    List<InfraView> asked =
        names.isEmpty()
            ? all
            : all.stream().filter(provider -> names.contains(provider.name())).toList();
    if (output.json()) {
      session.printJson(asked);
    } else {
      InfraText.check(asked, session.console().paint()).forEach(session.console()::line);
    }
    boolean good =
        names.isEmpty()
            ? asked.stream().anyMatch(InfraView::usable)
            : asked.stream().allMatch(InfraView::usable);
    return good ? CommandFailure.DONE : CommandFailure.FAILED;
  }
}
