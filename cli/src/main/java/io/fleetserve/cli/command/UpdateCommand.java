package io.fleetserve.cli.command;

import io.fleetserve.api.wire.Plan;
import io.fleetserve.api.wire.VersionView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.client.ControllerClient;
import io.fleetserve.cli.view.PlanText;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `serve update`.
@Command(
    name = "update",
    description = "Roll a service over to a new version, without a failed request.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve update llama new.yaml                      one replica after the other",
      "  serve update llama new.yaml --mode blue_green    all new ones first, then switch",
      "",
      "A version that never gets ready is given up; the old one keeps serving (exit code 1)."
    })
final class UpdateCommand implements Callable<Integer> {
  /// SkyServe's two ways.
  enum Mode {
    rolling,
    blue_green
  }

  private final Session session;

  @Parameters(index = "0", paramLabel = "NAME", description = "The service.")
  String name = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The new service file.")
  String file = "";

  @Mixin ServiceFile reader = new ServiceFile();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "rolling or blue_green; default: the file's, else rolling.")
  @Nullable Mode mode;

  @Mixin YesOption yes = new YesOption();
  @Mixin WaitOption wait = new WaitOption();
  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  UpdateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Instant start = session.clock().instant();
    ServiceFile.Valid valid = reader.read(session, file);
    ControllerClient client = session.access().connect();
    ServiceNames.select(client.services(), List.of(name));
    Plan plan = client.plan(name, valid.source());
    String headline = PlanText.headline(plan) + (plan.inPlace() ? "   in place" : "");
    if (output.json()) {
      session.console().note(headline);
    } else {
      session.console().line(headline);
    }
    if (!session.confirm("Update it?", yes.yes)) {
      throw CommandFailure.failed("Nothing was changed.");
    }
    VersionView version = client.update(name, valid.source(), mode == null ? null : mode.name());
    return new VersionFollow(session, output.json()).toTheEnd(version, start, wait.noWait);
  }
}
