package io.fleetserve.cli.command;

import io.fleetserve.api.wire.Plan;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.view.PlanText;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `serve plan`.
@Command(
    name = "plan",
    description = "Show where a service would run, at what cost, and why; nothing is started.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve plan service.yaml             a new service, or an update if its name is in use",
      "  serve plan service.yaml -o json"
    })
final class PlanCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The service file; default ${DEFAULT-VALUE}.",
      defaultValue = ServiceFile.DEFAULT)
  String file = ServiceFile.DEFAULT;

  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      description = "Name of the service; wins over the file's.")
  @Nullable String name;

  @Mixin ServiceFile reader = new ServiceFile();
  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  PlanCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ServiceFile.Valid valid = reader.read(session, file);
    Plan plan = session.access().connect().plan(name, valid.source());
    if (output.json()) {
      session.printJson(plan);
    } else {
      PlanText.full(plan).forEach(session.console()::line);
    }
    return CommandFailure.DONE;
  }
}
