package io.fleetserve.cli.command;

import io.fleetserve.api.wire.VersionView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.client.ControllerClient;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `serve rollback`.
@Command(
    name = "rollback",
    description = "Go back to an earlier version, as a new version with the old content.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve rollback llama                the version before the current one",
      "  serve rollback llama --version 3    version 3"
    })
final class RollbackCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(index = "0", paramLabel = "NAME", description = "The service.")
  String name = "";

  @Option(
      names = "--version",
      paramLabel = "N",
      description = "Version to go back to; default: the one before the current.")
  @Nullable Integer version;

  @Mixin YesOption yes = new YesOption();
  @Mixin WaitOption wait = new WaitOption();
  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  RollbackCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Instant start = session.clock().instant();
    ControllerClient client = session.access().connect();
    ServiceNames.select(client.services(), List.of(name));
    String target = version == null ? "the version before" : "version " + version;
    if (!session.confirm("Roll %s back to %s?".formatted(name, target), yes.yes)) {
      throw CommandFailure.failed("Nothing was changed.");
    }
    VersionView made = client.rollback(name, version);
    String line = "%s v%d   %s".formatted(name, made.version(), made.change());
    if (output.json()) {
      session.console().note(line);
    } else {
      session.console().line(line);
    }
    return new VersionFollow(session, output.json()).toTheEnd(made, start, wait.noWait);
  }
}
